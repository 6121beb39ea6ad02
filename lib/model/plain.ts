/**
 * What a class of client-node's models is as the JSON that the API server sends: read-only all through, dates as strings, and the fields under the
 * names that they have there (`continue`, not `_continue`). An IntOrString stays one.
 */
export type Plain<T> =
  unknown extends T ? unknown :
  T extends Date ? string :
  T extends readonly (infer Item)[] ? readonly Plain<Item>[] :
  T extends object ? { readonly [Field in keyof T as JsonName<T, Field>]: Plain<T[Field]> } :
  T;

/** The models cannot have fields named by words of the language, or with a dash or a dollar in them. */
type JsonName<T, Field> =
  Field extends `_${infer Name}` ? Name :
  Field extends `x_kubernetes_${infer Name}` ? `x-kubernetes-${Dashed<Name>}` :
  Field extends 'ref' | 'schema' ? IsJsonSchema<T> extends true ? `$${Field}` : Field :
  Field;

type Dashed<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}-${Dashed<Tail>}` : Name;

type IsJsonSchema<T> = 'x_kubernetes_validations' extends keyof T ? true : false;
