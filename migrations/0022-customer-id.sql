-- The same ids as before (0001), judged in a tenth of the time: a counted repetition is slow to match, and every mail to a customer is
-- judged by it.
alter domain customer_id drop constraint customer_id_check;
alter domain customer_id add constraint customer_id_check
  check (length(value) between 1 and 64 and value !~ '[^A-Za-z0-9_-]');
