/** Whether two types are the same one, `any` and modifiers included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Does not compile where a claim about types is false. */
export function holds<Claim extends true>(): Claim | undefined {
  return undefined;
}
