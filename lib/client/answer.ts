import { TransportError } from '../model/errors.ts';
import type { ObjectList } from '../model/kubernetes-object.ts';

/** The object of an answer. Throws a `TransportError` of code `GARBAGE` where it is none; after a write, its outcome is unknown then. */
export function readObject(body: string, { written = false }: { readonly written?: boolean } = {}): object {
  return parsed(body, written);
}

/** One page of a list. Its items come without the apiVersion and kind that the same objects have by themselves: they are filled in. */
export function readPage<T>(body: string, { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): ObjectList<T> {
  const { metadata, items } = parsed(body, false) as { readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string } | null; readonly items?: readonly T[] | null };
  const list = items ?? []; // Go writes an empty slice as null
  if (typeof metadata !== 'object' || metadata === null || !Array.isArray(list)) throw garbage(false);
  const { resourceVersion = '', continue: next } = metadata;
  return {
    items: list.map((item: T) => ({ apiVersion, kind, ...item })), resourceVersion,
    ...(next === undefined || next === '' ? {} : { continue: next }),
  };
}

function parsed(body: string, written: boolean): object {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw garbage(written); // without the parser's own error: it quotes the text, and that may be a Secret's
  }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw garbage(written);
  return answer;
}

function garbage(written: boolean): TransportError {
  return new TransportError('GARBAGE', "the server's answer is garbage: it is no object of Kubernetes", { stage: 'response', outcomeUnknown: written });
}
