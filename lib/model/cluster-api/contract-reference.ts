/** Points to an object of a provider in the same namespace. Its version is the one that the provider's contract with Cluster API names. */
export interface ContractReference {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}
