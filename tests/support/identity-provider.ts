import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider } from 'oidc-provider';

/** Somebody who can sign in, as the provider knows them today. */
export interface Account {
  readonly name: string;
  readonly roles: readonly string[];
}

const CALLBACK = 'https://portal.example/callback';
const RESOURCE = 'https://waarom.example/api';
const SECRET = 'a-secret-of-the-test';
const APPLICATION = { client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post' } as const;

/**
 * A real OpenID Connect provider (oidc-provider) on loopback: people sign in by authorization code in the application `desk`, the
 * service client `portal` by client credentials. Access tokens are JWTs for the audience `RESOURCE`.
 */
export class IdentityProvider {
  static readonly audience = RESOURCE;
  /** By subject; may be changed at any time. */
  readonly accounts = new Map<string, Account>();
  /** Seconds that an access token holds. */
  lifetime = 600;
  #handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  #keys: JWK[] = [];

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
  ) {}

  static async start(): Promise<IdentityProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const provider = new IdentityProvider(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => provider.#handle(request, response));
    await provider.rotate();
    return provider;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Signs with a new key from now on; the old ones are gone unless they are kept. */
  async rotate({ keepOld = false } = {}): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(privateKey)), kid: `k${Date.now()}-${this.#keys.length}`, use: 'sig' };
    this.#keys = [key, ...(keepOld ? this.#keys : [])];
    this.#handle = this.#configured().callback();
  }

  /** The access token of somebody who signs in. */
  async signIn(subject: string): Promise<string> {
    const { access_token: token } = await this.#signedIn(subject);
    return token;
  }

  /** The ID token that the application gets beside it. */
  async idToken(subject: string): Promise<string> {
    const { id_token: token } = await this.#signedIn(subject);
    return token;
  }

  /** The access token of the service client itself. */
  async serviceToken(scope: string): Promise<string> {
    const asked = { grant_type: 'client_credentials', client_id: 'portal', scope, resource: RESOURCE };
    return (await this.#token(asked)).access_token;
  }

  async #signedIn(subject: string): Promise<{ access_token: string; id_token: string }> {
    const asked = new URLSearchParams({
      client_id: 'desk',
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid',
      resource: RESOURCE,
      nonce: 'n-1',
    });
    const cookies = new Map<string, string>();
    const login = await this.#follow(`${this.issuer}/auth?${asked}`, cookies);
    const form = new URLSearchParams({ prompt: 'login', login: subject, password: 'x' });
    const resumed = await this.#follow(
      `${this.issuer}${new URL(login, this.issuer).pathname}`,
      cookies,
      form,
    );
    const back = new URL(await this.#follow(resumed, cookies));
    const code = back.searchParams.get('code') ?? '';
    return this.#token({
      grant_type: 'authorization_code',
      client_id: 'desk',
      code,
      redirect_uri: CALLBACK,
      resource: RESOURCE,
    });
  }

  /** Where an answer sends the browser. */
  async #follow(address: string, cookies: Map<string, string>, form?: URLSearchParams): Promise<string> {
    const response = await fetch(new URL(address, this.issuer), {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${address} answers ${response.status}: ${await response.text()}`);
    return location;
  }

  async #token(asked: Readonly<Record<string, string>>) {
    const body = new URLSearchParams({ ...asked, client_secret: SECRET });
    const response = await fetch(`${this.issuer}/token`, { method: 'POST', body });
    if (!response.ok) throw new Error(`no token: ${await response.text()}`);
    return (await response.json()) as { access_token: string; id_token: string };
  }

  #configured(): Provider {
    return new Provider(this.issuer, {
      jwks: { keys: this.#keys },
      cookies: { keys: ['a key of the test'] },
      clients: [
        { ...APPLICATION, client_id: 'desk', redirect_uris: [CALLBACK], grant_types: ['authorization_code'] },
        {
          ...APPLICATION,
          client_id: 'portal',
          redirect_uris: [],
          response_types: [],
          grant_types: ['client_credentials'],
        },
      ],
      pkce: { required: () => false },
      ttl: {
        AccessToken: () => this.lifetime,
        ClientCredentials: () => this.lifetime,
        ...{ Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      },
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({
            audience: RESOURCE,
            accessTokenFormat: 'jwt',
            scope: 'explanation.readCustomer customer.protect customer.read something.else',
            jwt: { sign: { alg: 'RS256' } },
          }),
          useGrantedResource: () => true,
        },
      },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
      // Nobody is asked for consent: the bank's people use the bank's application.
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({
          accountId: oidc.session?.accountId ?? '',
          clientId: oidc.client?.clientId ?? '',
        });
        grant.addOIDCScope('openid');
        await grant.save();
        return grant;
      },
      extraTokenClaims: (_context, token) => {
        const account = 'accountId' in token ? this.accounts.get(token.accountId) : undefined;
        return account === undefined ? {} : { name: account.name, realm_access: { roles: account.roles } };
      },
    });
  }
}
