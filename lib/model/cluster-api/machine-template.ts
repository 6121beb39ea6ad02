import type { MachineSpec } from './machine.ts';

/** Labels and annotations that Machines are made with. */
export interface MachineTemplateMeta {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What Machines are made from. */
export interface MachineTemplate {
  readonly metadata?: MachineTemplateMeta;
  readonly spec: MachineSpec;
}
