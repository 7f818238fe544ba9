// Who the program is in the cluster: the ServiceAccount that deploy/rbac.yaml publishes, never the administrator.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bed } from '../bed.ts'
import { apiServer, kubeconfig } from '../control/pki.ts'
import { checkout } from '../settings.ts'

interface Applied {
  readonly items: readonly {
    readonly kind: string
    readonly metadata: { readonly name: string; readonly namespace?: string }
  }[]
}

export interface Identity {
  /** A kubeconfig with the account's token and one context. */
  readonly kubeconfig: string
  /** The token in it, for those who look whether it leaked. */
  readonly token: string
  /** The account as the audit log calls it. */
  readonly user: string
}

/** Applies the manifest as a user would and asks for a token. `server`: a relay in front of the API server. */
export async function becomePublished(bed: Bed, server: string = apiServer): Promise<Identity> {
  const manifest = join(checkout, 'deploy', 'rbac.yaml')
  const applied = await bed.kubectl(['apply', '-f', manifest, '-o', 'json'])
  if (applied.code !== 0) throw new Error(`kubectl apply -f deploy/rbac.yaml: ${applied.stderr}`)
  const account = (JSON.parse(applied.stdout) as Applied).items.find(({ kind }) => kind === 'ServiceAccount')?.metadata
  if (account?.namespace === undefined) throw new Error('deploy/rbac.yaml has no ServiceAccount with a namespace')
  const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`
  const answer = await bed.cluster.create<{ readonly status: { readonly token: string } }>(path, {
    spec: { expirationSeconds: 7200 },
  })
  const { token } = answer.status
  const file = join(bed.folder, `program-${new URL(server).port}.conf`)
  const ca = readFileSync(join(bed.pki, 'ca.crt'))
  writeFileSync(file, kubeconfig({ server, ca, userName: account.name, user: { token } }), { mode: 0o600 })
  return { kubeconfig: file, token, user: `system:serviceaccount:${account.namespace}:${account.name}` }
}
