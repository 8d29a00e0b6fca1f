-- Whom the model or chance chose, to be mailed or held out (outcomes 0 and 1): a few thousand of a million, and the ones that are
-- drawn from, explained and looked at.
create index decision_chosen on decision (customer) where outcome in (0, 1);
