/**
 * What the kubeconfig of a workload cluster may hold. It comes from whoever may write a Secret, so nothing in it may run a program or read a file of this
 * machine: `exec`, `auth-provider`, `tokenFile` and the file forms of certificates are refused whatever is set here.
 */
export interface KubeconfigPolicy {
  /** `insecure-skip-tls-verify`: anybody between here and the cluster can read its credentials. @default false */
  readonly allowInsecureSkipTlsVerify: boolean;
  /** A server at `http://`: the same, without any effort. @default false */
  readonly allowPlainHttp: boolean;
}

export const strictPolicy: KubeconfigPolicy = Object.freeze({ allowInsecureSkipTlsVerify: false, allowPlainHttp: false });
