import { Arg } from 'type-graphql';

/** The argument `campaign` of what is asked of one campaign. */
export const OfCampaign = () => Arg('campaign', () => String, { description: 'The key of a campaign.' });
