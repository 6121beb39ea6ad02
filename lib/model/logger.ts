/**
 * Where log records go; pino's argument order, and pino's name for an error: `err`. Messages are constant, what varies is in the fields. No record holds
 * a credential or a byte of a kubeconfig beyond its server and context names. The library is silent by default.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

export const silentLogger: Logger = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} });

/** The same logger, for those who must go on: what it throws is dropped. */
export function harmless(logger: Logger): Logger {
  if (logger === silentLogger) return logger;
  const guarded = (level: keyof Logger) => (fields: LogFields, message: string): void => {
    try {
      logger[level](fields, message);
    } catch { /* there is nowhere to say so: it was the logger that failed */ }
  };
  return Object.freeze({ debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') });
}
