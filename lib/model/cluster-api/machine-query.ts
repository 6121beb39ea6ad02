/** Which Machines belong to an object, by their labels: all that is said must hold. */
export interface MachineQuery {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
    readonly operator: string;
    /** Of the first two operators. */
    readonly values?: readonly string[];
  }[];
}
