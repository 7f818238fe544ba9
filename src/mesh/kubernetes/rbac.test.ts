import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { permissions } from '../permissions.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

interface Document {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly Rule[]
  readonly roleRef?: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[]
}

/** `patch namespaces`, `get configmaps istio-ca-root-cert`, `delete leases.coordination.k8s.io in istio-system` */
function sentence(
  verb: string,
  group: string,
  plural: string,
  name: string | undefined,
  namespace: string | undefined,
): string {
  return [
    verb,
    group === '' ? plural : `${plural}.${group}`,
    ...(name === undefined ? [] : [name]),
    ...(namespace === undefined ? [] : ['in', namespace]),
  ].join(' ')
}

const documents = parseAllDocuments(await readFile(new URL('../../../deploy/rbac.yaml', import.meta.url), 'utf8')).map(
  (document) => document.toJS() as Document,
)

/** What the published account really has: only roles that are bound to it count. */
const granted = new Set(
  documents
    .filter(({ subjects }) =>
      subjects?.some(
        ({ kind, name, namespace }) =>
          kind === 'ServiceAccount' && name === 'meshlift' && namespace === 'meshlift-system',
      ),
    )
    .flatMap((binding) => {
      const { namespace } = binding.metadata
      const role = documents.find(
        ({ kind, metadata }) =>
          kind === binding.roleRef?.kind && metadata.name === binding.roleRef.name && metadata.namespace === namespace,
      )
      return (role?.rules ?? []).flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((plural) =>
            verbs.flatMap((verb) =>
              (resourceNames ?? [undefined]).map((name) => sentence(verb, group, plural, name, namespace)),
            ),
          ),
        ),
      )
    }),
)

const asked = permissions.map(({ verb, resource, name, namespace }) =>
  sentence(verb, resource.group, resource.plural, name, namespace),
)

test('the published role grants every permission that PreCheck asks for', () => {
  expect(asked.filter((one) => !granted.has(one))).toEqual([])
})

test('it grants nothing else', () => {
  expect([...granted].filter((one) => !asked.includes(one))).toEqual([])
})

test('no Secret outside the Istio namespace, no wildcard', () => {
  expect(
    [...granted].filter((one) => one.includes('*') || (one.includes('secrets') && !one.endsWith('in istio-system'))),
  ).toEqual([])
  expect(granted.size).toBeGreaterThan(100)
})
