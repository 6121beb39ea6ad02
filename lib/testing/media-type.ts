import { load } from 'js-yaml';
import { Refusal, badRequest, unsupportedMediaType } from './refusal.ts';
import type { Form } from './stored-object.ts';

const BODY_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const PARTIAL = /^application\/json;(?=.*\bas=PartialObjectMetadata(?<list>List)?\b)(?=.*\bg=meta\.k8s\.io\b)(?=.*\bv=v1\b)/;
const AVAILABLE = 'application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';

/** What of an object the client accepts: the first of its wishes that can be fulfilled. */
export function formOf(accept: string | undefined, wanted: 'object' | 'list', listKind: string): Form {
  if (accept === undefined || accept === '') return 'object';
  for (const type of accept.split(',').map((wish) => wish.trim().replace(/\s*;\s*/g, ';'))) {
    const partial = PARTIAL.exec(type);
    if (partial !== null) {
      if (partial.groups?.['list'] === undefined && wanted === 'list') throw new Refusal(406, 'NotAcceptable', `you requested PartialObjectMetadata, but the requested object is a list (${listKind})`);
      return 'metadata';
    }
    if (/;as=/.test(type)) continue; // a Table: the next wish is plain JSON
    if (/^(application\/(json|\*)|\*\/\*)(;|$)/.test(type)) return 'object';
  }
  throw new Refusal(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${AVAILABLE}`, {});
}

/** Reads a body as JSON or YAML. Throws a Refusal for what is neither. */
export function parseBody(body: Buffer, contentType: string | undefined, kind: string): unknown {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? '';
  if (type === 'application/yaml') return parseYaml(body.toString());
  if (type !== '' && type !== 'application/json') throw unsupportedMediaType(BODY_TYPES);
  return parseJson(body.toString(), kind);
}

/** Reads JSON, or YAML where it is not JSON. */
export function parseYaml(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return load(text);
    } catch (error) {
      throw badRequest(`error converting YAML to JSON: ${String(error)}`);
    }
  }
}

/** Reads the body of a patch. */
export function parsePatch(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${String(error)}`);
  }
}

function parseJson(text: string, kind: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${String(error)} (${text === '' ? '<empty>' : text})`);
  }
}
