/**
 * Who asks. A token is judged before the body is read. Of a signature the key, form and date are: whoever has none that
 * we know cannot make us read 12 MB; the rest needs the body's bytes and follows once they are there.
 */

import type { FastifyRequest } from 'fastify'
import type { Access, SignedRequest, Signer } from '../../access/access.ts'
import type { Caller } from '../../access/caller.ts'
import type { Needs } from '../../contract/route.ts'
import { Problem } from '../../lib/problem.ts'
import type { Soon } from '../../lib/soon.ts'
import { headerOf } from './headers.ts'

/** The caller, or a signer that will name it. Throws unauthenticated, as `Access` says, and `access/two-identities`. */
export function identify(access: Access, request: FastifyRequest): Soon<Caller | Signer> {
  const token = headerOf(request, 'x-auth-token')
  if (request.headers.authorization === undefined) return access.whoIs(token)
  // Whichever we took, somebody in between could have added the other.
  if (token !== undefined)
    throw new Problem({
      kind: 'unauthenticated',
      code: 'access/two-identities',
      text: 'send either X-Auth-Token or a signature in Authorization, not both.',
    })
  return access.signer(signedRequest(request))
}

/** From the headers as they came: of a second Host or Content-Type Node drops one, and what is dropped is not missed. */
function signedRequest({ raw, method, ip }: FastifyRequest): SignedRequest {
  const { rawHeaders, headers } = raw
  const asRead = Object.keys(headers).length * 2 === rawHeaders.length && headers['set-cookie'] === undefined
  return {
    method,
    url: raw.url ?? '',
    // Each came once, so nothing was dropped. Of Set-Cookie Node makes a list even then.
    headers: asRead ? (headers as Readonly<Record<string, string>>) : joined(rawHeaders),
    from: ip,
  }
}

function joined(rawHeaders: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    const value = rawHeaders[index + 1] ?? ''
    headers[name] = name in headers ? `${headers[name]},${value}` : value
  }
  return headers
}

/** Throws forbidden (`access/other-project`, `access/administrators-only`). */
export function admit(access: Access, request: FastifyRequest, caller: Caller, needs: Needs): void {
  if (needs === 'administrator' && !caller.administrator)
    throw forbidden('access/administrators-only', `Only administrators may do this, and ${caller.user.name} is none.`)
  const project = projectOf(request)
  if (project === undefined) return
  const claimed = headerOf(request, 'x-project-id')
  if (claimed !== undefined && claimed !== project)
    throw forbidden(
      'access/other-project',
      'X-Project-Id names another project than the path does: leave it out or make them agree.',
    )
  // A temporary key is its token in another form: whoever got hold of that one must not reach further with it.
  if (caller.by.kind !== 'key' && caller.project?.id !== project)
    throw forbidden(
      'access/other-project',
      `The ${caller.by.kind === 'token' ? 'token' : 'temporary access key'} is for ${caller.project ? `project ${caller.project.id}` : 'no project'}, and the request is for another one: get a token for that project.`,
    )
  // A permanent key names no project, so any of this server will do; what may be done in it is up to policies.
  if (access.project(project) === undefined)
    throw forbidden('access/other-project', 'The request is for a project that is not here.')
}

/** Id from the path; undefined on routes outside of projects. */
export const projectOf = (request: FastifyRequest): string | undefined =>
  (request.params as { readonly project_id?: string }).project_id

const forbidden = (code: string, text: string): Problem => new Problem({ kind: 'forbidden', code, text })
