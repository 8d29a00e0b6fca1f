import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability';

export const ROLES = ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER', 'CONTACT_CENTRE'] as const;
export type Role = (typeof ROLES)[number];

/** Who may do what (domain.md): the one table, read by the API's guard and by `execute`. */
export const PERMISSIONS = {
  'campaign.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'campaign.apply': ['OPERATOR'],
  'run.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'run.start': ['OPERATOR'],
  'run.resume': ['OPERATOR'],
  'run.reproduce': ['OPERATOR', 'COMPLIANCE_REVIEWER'],
  'batch.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'batch.review': ['OPERATOR'],
  'batch.remove': ['OPERATOR'],
  'batch.submit': ['OPERATOR'],
  'batch.approve': ['MARKETEER'],
  'batch.reject': ['MARKETEER'],
  'batch.hold': ['COMPLIANCE_REVIEWER'],
  'batch.release': ['OPERATOR'],
  'batch.fallback': ['OPERATOR'],
  'review.readEvidence': ['COMPLIANCE_REVIEWER'],
  'engine.pause': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'engine.resume': ['OPERATOR'],
  'simulation.run': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'config.preview': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'config.propose': ['OPERATOR', 'MARKETEER'],
  'config.approve': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'config.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'model.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'model.register': ['OPERATOR'],
  'model.validate': ['OPERATOR'],
  'model.approve': ['COMPLIANCE_REVIEWER'],
  'model.revoke': ['COMPLIANCE_REVIEWER'],
  'model.activate': ['OPERATOR'],
  'model.challenge': ['OPERATOR'],
  'model.retire': ['OPERATOR', 'COMPLIANCE_REVIEWER'],
  'dataUse.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'dataUse.declare': ['OPERATOR', 'MARKETEER'],
  'dataUse.decide': ['COMPLIANCE_REVIEWER'],
  'feedContract.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'feedContract.propose': ['OPERATOR', 'MARKETEER'],
  'feedContract.decide': ['COMPLIANCE_REVIEWER'],
  'feedContract.withdraw': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'customer.read': ['OPERATOR', 'COMPLIANCE_REVIEWER'],
  'explanation.readInternal': ['OPERATOR', 'COMPLIANCE_REVIEWER'],
  'explanation.readCustomer': ['OPERATOR', 'COMPLIANCE_REVIEWER', 'CONTACT_CENTRE'],
  'customer.protect': ['OPERATOR', 'CONTACT_CENTRE'],
  'customer.requestErasure': ['OPERATOR', 'CONTACT_CENTRE', 'COMPLIANCE_REVIEWER'],
  'customer.erase': ['COMPLIANCE_REVIEWER'],
  'incident.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'],
  'incident.resolve': ['OPERATOR'],
  'audit.read': ['COMPLIANCE_REVIEWER'],
  'audit.readOwn': ['OPERATOR', 'COMPLIANCE_REVIEWER'],
  'viewer.read': ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER', 'CONTACT_CENTRE'],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

/** The one role of a service client: a portal asks for others, and is never one of the two people of an approval. */
export const SERVICE_ROLE: Role = 'CONTACT_CENTRE';

/** What the subject of a service client begins with, and no person's does. */
export const SERVICE_SUBJECT = 'client:';

/** A signed-in person or service client; `subject` is the pseudonymous id of the identity provider. */
export interface Actor {
  readonly subject: string;
  readonly name: string | null;
  readonly roles: readonly Role[];
  /** Of what its role permits, what a service client may do; a person has none, and is bound by roles alone. */
  readonly scopes?: readonly Permission[];
}

export type Ability = MongoAbility<[Permission, 'all']>;

/** The acts that an actor's roles permit; everything else is denied. */
export function abilityOf(actor: Actor): Ability {
  const { can, build } = new AbilityBuilder<Ability>(createMongoAbility);
  for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
    if (roleFor(actor, permission) !== null) can(permission, 'all');
  }
  return build();
}

/** The role under which an actor does an act: the first of theirs that permits it, null when none does. */
export function roleFor(actor: Actor, permission: Permission): Role | null {
  if (actor.scopes !== undefined && !actor.scopes.includes(permission)) return null;
  const permitted: readonly Role[] = PERMISSIONS[permission];
  return actor.roles.find((role) => permitted.includes(role)) ?? null;
}
