import { defer } from 'rxjs';
import type { RestClient } from './rest-client.ts';

/** A client whose every call goes to the connection of that moment. What `rest` throws, where there is none, is the call's error; `transport` and `forget` throw it. */
export function followingRestClient(rest: () => RestClient): RestClient {
  return {
    get transport() { return rest().transport; },
    request: (request) => defer(() => rest().request(request)),
    lines: (request) => defer(() => rest().lines(request)),
    items: (request) => defer(() => rest().items(request)),
    resource: (kind) => defer(() => rest().resource(kind)),
    forget: (kind) => rest().forget(kind),
  };
}
