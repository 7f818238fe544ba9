/**
 * How to reach and log in to a cluster: a kubeconfig on this machine with a context, or the pod's own service account.
 * The file stays where it is: it is read when needed and again when it has changed; nothing of it is copied, logged or told.
 */

import type { KubeConfig } from '@kubernetes/client-node'
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Agent, RequestOptions } from 'node:https'
import { dirname, isAbsolute, join } from 'node:path'
import { parse } from 'yaml'
import type { Clock } from '../../lib/clock.ts'
import { isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import { unlessStopped } from './stop.ts'

export interface AccessSettings {
  /** Registered name of the cluster. */
  readonly name: string
  /** Path on this machine. */
  readonly kubeconfig?: string
  /** Absent: the file's current context. */
  readonly context?: string
  /** The service account of the pod we run in; `kubeconfig` and `context` are not looked at. */
  readonly inCluster?: boolean
  readonly clock: Clock
}

export interface TlsOptions {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  readonly rejectUnauthorized?: boolean
  readonly servername?: string
}

export interface Login {
  /** `https://host:port`, with a path where the API lives under one. */
  readonly server: string
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsOptions
  /** Set when the kubeconfig names a proxy. */
  readonly proxy: Agent | undefined
  readonly certificateExpired: boolean
}

export interface Access {
  /** Problems (unavailable) name the cluster and what to do, never content of the file. */
  login(signal: AbortSignal): Promise<Login>
  /** After a 401: read the file anew and log in anew (an exec plugin's token may have been taken back). */
  forget(): void
}

/** Logging in again costs file reads; a token that was renewed is seen this much later. */
const keepLoginMs = 5_000
const loginLimitMs = 60_000

export function clusterAccess(settings: AccessSettings): Access {
  let loaded: { readonly config: KubeConfig; readonly stamp: string } | undefined
  let kept: { readonly login: Login; readonly until: number } | undefined

  async function config(signal: AbortSignal): Promise<KubeConfig> {
    const stamp = await stampOf(settings)
    if (loaded?.stamp !== stamp) loaded = { config: await unlessStopped(load(settings), signal), stamp }
    return loaded.config
  }

  return {
    async login(signal) {
      const now = settings.clock.now()
      if (kept !== undefined && now < kept.until) return kept.login
      const current = await config(signal)
      const limited = AbortSignal.any([signal, AbortSignal.timeout(loginLimitMs)])
      const login = await unlessStopped(loginWith(settings, current), limited).catch((thrown: unknown) => {
        if (limited.aborted && !signal.aborted)
          throw broken(settings, 'the login command of its kubeconfig does not end')
        throw thrown
      })
      kept = { login, until: now + keepLoginMs }
      return login
    },
    forget() {
      loaded = undefined
      kept = undefined
    },
  }
}

async function stampOf(settings: AccessSettings): Promise<string> {
  if (settings.inCluster) return 'in-cluster'
  const file = fileOf(settings)
  try {
    const { mtimeMs, size, ino } = await stat(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    throw broken(settings, `its kubeconfig ${file} is not there or not readable`)
  }
}

function fileOf(settings: AccessSettings): string {
  if (settings.kubeconfig === undefined) throw broken(settings, 'no kubeconfig is registered for it')
  return settings.kubeconfig
}

async function load(settings: AccessSettings): Promise<KubeConfig> {
  // Half a second and 80 MB: only for those who registered a real cluster.
  const client = await import('@kubernetes/client-node')
  const config = new client.KubeConfig()
  if (settings.inCluster) {
    config.loadFromCluster()
    if (!URL.canParse(config.getCurrentCluster()?.server ?? ''))
      throw broken(
        settings,
        'it is registered as the cluster this program runs in, and this program does not run in a pod',
      )
    return config
  }
  const file = fileOf(settings)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    throw broken(settings, `its kubeconfig ${file} is not readable`)
  }
  try {
    config.loadFromString(text)
    config.makePathsAbsolute(dirname(file))
    readTokenFiles(config, text, dirname(file))
  } catch {
    throw broken(settings, `its kubeconfig ${file} is not a kubeconfig (wrong YAML, or a part without its name)`)
  }
  if (settings.context !== undefined) config.setCurrentContext(settings.context)
  const context = config.getCurrentContext()
  if (!context || config.getContextObject(context) === null)
    throw broken(
      settings,
      settings.context === undefined
        ? `its kubeconfig ${file} has no current context; register the cluster with one`
        : `its kubeconfig ${file} has no context ${settings.context}`,
    )
  if (config.getCurrentCluster() === null)
    throw broken(settings, `the context ${context} of its kubeconfig ${file} names a cluster that is not in the file`)
  return config
}

/** The library (2.0.1) looks for `token-file`; the documented member is `tokenFile` (Kubernetes: kubeconfig v1, AuthInfo). */
function readTokenFiles(config: KubeConfig, text: string, folder: string): void {
  const raw: unknown = parse(text)
  const users = isRecord(raw) && Array.isArray(raw['users']) ? raw['users'].filter(isRecord) : []
  for (const { name, user } of users) {
    const tokenFile = isRecord(user) ? user['tokenFile'] : undefined
    const known = typeof name === 'string' ? config.getUser(name) : null
    if (typeof tokenFile !== 'string' || known === null) continue
    const path = isAbsolute(tokenFile) ? tokenFile : join(folder, tokenFile)
    Object.assign(known, { authProvider: { name: 'tokenFile', config: { tokenFile: path } } })
  }
}

async function loginWith(settings: AccessSettings, config: KubeConfig): Promise<Login> {
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw broken(settings, 'its kubeconfig names no cluster')
  if (!URL.canParse(cluster.server)) throw broken(settings, 'the address in its kubeconfig is no address')
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify)
    throw broken(settings, 'the address in its kubeconfig is plain http, over which no login is sent')
  const options: RequestOptions = {}
  try {
    await config.applyToHTTPSOptions(options)
  } catch {
    // The message may hold what a login command printed, or a path from the file.
    throw broken(
      settings,
      'the login of its kubeconfig does not work (a login command that fails, or a certificate or token file that is not there)',
    )
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(options.headers ?? {}))
    if (typeof value === 'string') headers[name] = value.trim()
  if (typeof options.auth === 'string')
    headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`
  return {
    server: cluster.server,
    headers,
    tls: tlsOf(options),
    proxy: cluster.proxyUrl && typeof options.agent === 'object' ? (options.agent as Agent) : undefined,
    certificateExpired: hasExpired(options.cert, settings.clock.now()),
  }
}

function tlsOf({ ca, cert, key, passphrase, rejectUnauthorized, servername }: RequestOptions): TlsOptions {
  return {
    ...pem('ca', ca),
    ...pem('cert', cert),
    ...pem('key', key),
    ...(passphrase !== undefined && { passphrase }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...(servername !== undefined && { servername }),
  }
}

function pem(name: 'ca' | 'cert' | 'key', value: unknown): TlsOptions {
  if (Buffer.isBuffer(value)) return { [name]: value.toString('utf8') }
  return typeof value === 'string' ? { [name]: value } : {}
}

function hasExpired(certificate: RequestOptions['cert'], now: number): boolean {
  if (typeof certificate !== 'string' && !Buffer.isBuffer(certificate)) return false
  try {
    return new X509Certificate(certificate).validToDate.getTime() < now
  } catch {
    return false // what it is worth shows when it is used
  }
}

function broken(settings: AccessSettings, why: string): Problem {
  return new Problem({
    kind: 'unavailable',
    code: 'kubernetes/kubeconfig',
    text: `Cluster ${settings.name} cannot be reached: ${why}. Put it right; it is looked at again at the next try.`,
    facts: { cluster: settings.name },
  })
}
