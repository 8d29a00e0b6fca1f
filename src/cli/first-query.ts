/** What a campaign's newest week came to: the query that the demo prints and README.md begins with. */
export const FIRST_QUERY =
  '{ campaign(key: "investing-retail") { paused currentRun { week status funnel { considered eligible mailed heldOut } batch { id size status } } } }';
