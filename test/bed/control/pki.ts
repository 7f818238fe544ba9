// Certificates and kubeconfigs of one bed: made new for each, valid for a day, never leaving its folder.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '../run-program.ts'
import { nodeAddress } from './network.ts'

export const apiServer = 'https://127.0.0.1:6443'

/** Who talks to the API server, with its certificate's subject. The audit log knows them apart by these names. */
const clients = {
  admin: '/O=system:masters/CN=admin',
  'process-kubelet': '/O=system:masters/CN=process-kubelet',
  kwok: '/O=system:masters/CN=kwok',
  'controller-manager': '/CN=system:kube-controller-manager',
  scheduler: '/CN=system:kube-scheduler',
  'front-proxy': '/CN=front-proxy-client',
} as const

export type ClientName = keyof typeof clients

const serverNames = [
  'IP:127.0.0.1',
  'IP:10.96.0.1',
  `IP:${nodeAddress}`,
  'DNS:localhost',
  'DNS:kubernetes',
  'DNS:kubernetes.default',
  'DNS:kubernetes.default.svc',
  'DNS:kubernetes.default.svc.cluster.local',
].join(',')

const day = ['-days', '1']

/** Writes ca.*, apiserver.*, kwok-server.*, sa.* and for each client NAME.crt, NAME.key, NAME.conf into `folder`. */
export async function makePki(folder: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const openssl = (...args: string[]): Promise<string> => mustRun(['openssl', ...args], { signal, cwd: folder })
  const newKey = (name: string): Promise<string> =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`)
  const sign = async (name: string, subject: string, extensions: readonly string[]): Promise<void> => {
    await newKey(name)
    await writeFile(join(folder, `${name}.ext`), extensions.join('\n'))
    await openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`)
    const serial = ['-set_serial', `0x${Buffer.from(name).toString('hex')}`] // by name, so that leaves can be signed side by side
    const ca = ['-CA', 'ca.crt', '-CAkey', 'ca.key', ...serial]
    await openssl('x509', '-req', '-in', `${name}.csr`, ...ca, ...day, '-extfile', `${name}.ext`, '-out', `${name}.crt`)
  }

  await newKey('ca')
  const caUse = 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature'
  await openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-subj',
    '/CN=bed-ca',
    ...day,
    '-out',
    'ca.crt',
    '-addext',
    caUse,
  )
  const server = ['extendedKeyUsage=serverAuth', `subjectAltName=${serverNames}`]
  const client = ['extendedKeyUsage=clientAuth', 'keyUsage=digitalSignature']
  await Promise.all([
    sign('apiserver', '/CN=kube-apiserver', server),
    sign('kwok-server', '/CN=kwok', server),
    ...Object.entries(clients).map(([name, subject]) => sign(name, subject, client)),
    // Service account tokens are signed with this pair.
    openssl('genrsa', '-out', 'sa.key', '2048').then(() =>
      openssl('rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub'),
    ),
  ])
  const ca = await readFile(join(folder, 'ca.crt'))
  for (const name of Object.keys(clients)) {
    const certificate = (await readFile(join(folder, `${name}.crt`))).toString('base64')
    const key = (await readFile(join(folder, `${name}.key`))).toString('base64')
    const user = { 'client-certificate-data': certificate, 'client-key-data': key }
    await writeFile(join(folder, `${name}.conf`), kubeconfig({ server: apiServer, ca, userName: name, user }), {
      mode: 0o600,
    })
  }
}

export interface KubeconfigParts {
  readonly server: string
  readonly ca: Buffer
  readonly userName: string
  readonly user: Readonly<Record<string, string>>
}

/** A kubeconfig with one context, `bed`. JSON, which every reader of YAML takes. */
export function kubeconfig({ server, ca, userName, user }: KubeconfigParts): string {
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bed',
    clusters: [{ name: 'bed', cluster: { server, 'certificate-authority-data': ca.toString('base64') } }],
    users: [{ name: userName, user }],
    contexts: [{ name: 'bed', context: { cluster: 'bed', user: userName } }],
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
