/** TLS material, decoded once. */
export interface TlsMaterial {
  /** PEM. Absent: the system's trust store. */
  readonly ca?: string;
  /** PEM, with `key`. */
  readonly cert?: string;
  readonly key?: string;
  /** Overrides the name that is sent and checked. */
  readonly servername?: string;
  readonly insecureSkipVerify: boolean;
}

export interface EndpointFields {
  /** Origin and base path of the API server. */
  readonly server: URL;
  /** Absent for plain http. */
  readonly tls?: TlsMaterial;
  /** http or https, with its own credentials if it needs some. */
  readonly proxy?: URL;
  /** The value of the Authorization header: Bearer or Basic. */
  readonly authorization?: string;
  /** Impersonate-* headers. */
  readonly impersonation?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Where an API server is and how to authenticate to it. Nothing but the server's origin shows in `util.inspect`, JSON or
 * a template string: the fields are private and read through getters of the prototype.
 */
export class Endpoint {
  readonly #fields: EndpointFields;

  constructor(fields: EndpointFields) {
    this.#fields = fields;
  }

  get server(): URL { return this.#fields.server; }
  get tls(): TlsMaterial | undefined { return this.#fields.tls; }
  get proxy(): URL | undefined { return this.#fields.proxy; }
  get authorization(): string | undefined { return this.#fields.authorization; }
  get impersonation(): EndpointFields['impersonation'] { return this.#fields.impersonation; }

  /** The same credentials at another address, without a proxy. */
  at(server: URL, tls: TlsMaterial): Endpoint {
    const { proxy: _, ...fields } = this.#fields;
    return new Endpoint({ ...fields, server, tls });
  }

  toString(): string {
    return this.#fields.server.origin;
  }

  toJSON(): string {
    return this.toString();
  }
}
