/**
 * An object as the API server sends it, by the type that client-node has for it: deeply read-only, times as RFC 3339 strings, and fields under their JSON names
 * (client-node renames the reserved ones: `_continue`, `x_kubernetes_map_type`).
 */
export type Plain<T> =
  IsAny<T> extends true ? unknown
  : T extends Date ? string
  : T extends readonly (infer Item)[] ? readonly Plain<Item>[]
  : T extends object ? { readonly [Field in keyof T as JsonName<Field>]: Plain<T[Field]> }
  : T;

type IsAny<T> = 0 extends 1 & T ? true : false;

type JsonName<Field> =
  Field extends `_${infer Name}` ? Name
  : Field extends `x_kubernetes_${infer Rest}` ? `x-kubernetes-${Dashed<Rest>}`
  : Field;

type Dashed<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}-${Dashed<Tail>}` : Name;
