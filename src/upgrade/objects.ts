/** The few shapes that facts and actions share. */

export type Labels = Readonly<Record<string, string>>

/** An object as it is recorded and put back: `kind`, `apiVersion`, metadata without what the server fills, the rest whole. */
export type Body = Readonly<Record<string, unknown>>

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet'

/** An object to be deleted or given back, exactly. */
export interface ObjectRef {
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace?: string
  readonly name: string
  readonly uid: string
}
