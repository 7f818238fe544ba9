import { defineCheck } from '../check.ts'
import type { CheckSituation } from '../check.ts'
import { few } from '../facts/few.ts'
import type { ControlPlaneFact } from '../mesh.ts'
import { inMesh, isOn } from '../moves/namespaces.ts'
import { sentences } from '../reason.ts'
import { tagName, tagsOf } from '../facts/seen.ts'

const says = sentences('several-revisions', {
  inUse:
    'Control plane {revision} ({version}) is in use beside revision {from}: {users}. Upgrading from more than one revision at once is not supported yet: move these to revision {from}, then check again.',
  unclear:
    'Control planes {revisions} are all there, and which of them is to be replaced is not clear. Upgrading from more than one is not supported yet: move everything to one and uninstall the others.',
})

type Part = 'controlPlanes' | 'webhooks' | 'namespaces' | 'pods'

export const severalRevisions = defineCheck({
  id: 'several-revisions',
  title: 'One control plane is in use',
  gate: 'start',
  weight: 'blocks',
  reads: ['controlPlanes', 'webhooks', 'namespaces', 'pods'],
  says,
  look(s) {
    const { from, to, mesh } = s.upgrade
    const others = s.seen.controlPlanes.filter(
      (plane) => plane.revision !== from.revision && plane.revision !== to.revision,
    )
    if (from.revision === '') {
      if (others.length < 2) return []
      return [{ about: mesh.name, because: says.say.unclear({ revisions: others.map((plane) => plane.revision) }) }]
    }
    return others.flatMap((plane) => {
      const users = few(usersOf(plane, s))
      if (users.length === 0) return []
      const { revision, version } = plane
      return [{ about: revision, because: says.say.inUse({ revision, version, from: from.revision, users }) }]
    })
  },
})

function usersOf(plane: ControlPlaneFact, { seen }: CheckSituation<Part>): readonly string[] {
  const here = (fact: { readonly cluster: string }): boolean => fact.cluster === plane.cluster
  const ended = new Set(['Succeeded', 'Failed'])
  return [
    ...inMesh(seen.namespaces)
      .filter((namespace) => here(namespace) && isOn(namespace, plane.revision, seen))
      .map((namespace) => `namespace ${namespace.name}`),
    ...tagsOf(seen.webhooks)
      .filter((tag) => here(tag) && tag.webhooks.some((webhook) => webhook.service === plane.service))
      .map((tag) => `tag ${tagName(tag)}`),
    ...seen.pods
      .filter((pod) => here(pod) && pod.injection?.revision === plane.revision && !ended.has(pod.phase))
      .map((pod) => `pod ${pod.namespace}/${pod.name}`),
  ]
}
