/** The istiod chart: everything that one revision of the control plane consists of. */

import { stringify } from 'yaml'
import { isRecord } from '../../../lib/json.ts'
import type { KubeObject } from '../../cluster.ts'
import { minorOf, recommendedLabels } from '../versions.ts'
import { revisionInjector, tagObjects } from './injectors.ts'
import { accessObjects } from './access.ts'
import type { Rendering } from './release.ts'
import { revisionLabel, revisionLabels, serviceName, suffix } from './release.ts'
import { istiodService } from './service.ts'
import type { Values } from './values.ts'
import { revisionValidator } from './validators.ts'

export function istiodChart(r: Rendering): readonly KubeObject[] {
  return [
    ...scaling(r),
    ...accessObjects(r),
    configMap(r, `istio${suffix(r)}`, { mesh: stringify(meshConfig(r)), meshNetworks: 'networks: {}' }),
    configMap(r, `istio-sidecar-injector${suffix(r)}`, injectorConfig(r)),
    ...(minorOf(r.version) >= 24
      ? [configMap(r, `values${suffix(r)}`, { 'merged-values': JSON.stringify(r.values) })]
      : []),
    deployment(r),
    istiodService(r),
    revisionInjector(r),
    revisionValidator(r),
    ...r.values.revisionTags.flatMap((tag) => tagObjects(r, tag)),
  ]
}

function configMap(r: Rendering, name: string, data: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: r.namespace, labels: revisionLabels(r) },
    data,
  }
}

function meshConfig(r: Rendering): Values {
  const tracing = minorOf(r.version) < 24 ? { tracing: { zipkin: { address: `zipkin.${r.namespace}:9411` } } } : {}
  const base = {
    trustDomain: 'cluster.local',
    rootNamespace: r.namespace,
    defaultProviders: { metrics: ['prometheus'] },
    defaultConfig: { discoveryAddress: `${serviceName(r)}.${r.namespace}.svc:15012`, ...tracing },
    ...(minorOf(r.version) < 24 ? { enablePrometheusMerge: true } : {}),
  }
  return merged(base, r.values.meshConfig)
}

function merged(base: Values, over: Values): Values {
  return Object.entries(over).reduce<Values>((result, [key, value]) => {
    const below = result[key]
    return { ...result, [key]: isRecord(below) && isRecord(value) ? merged(below, value) : value }
  }, base)
}

function injectorConfig(r: Rendering): Readonly<Record<string, string>> {
  return {
    values: JSON.stringify({
      global: { hub: r.values.hub, tag: r.values.tag, istioNamespace: r.namespace },
      revision: r.values.revision,
    }),
    config: stringify({
      defaultTemplates: ['sidecar'],
      policy: 'enabled',
      alwaysInjectSelector: [],
      neverInjectSelector: [],
    }),
  }
}

function deployment(r: Rendering): KubeObject {
  const { revision, hub, tag, env, autoscaleEnabled, replicaCount } = r.values
  const name = serviceName(r)
  const podLabels = {
    ...revisionLabels(r),
    app: 'istiod',
    istio: revision === '' ? 'pilot' : 'istiod',
    'sidecar.istio.io/inject': 'false',
    ...(recommendedLabels(r.version) ? { 'istio.io/dataplane-mode': 'none' } : {}),
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: r.namespace, labels: { ...revisionLabels(r), app: 'istiod', istio: 'pilot' } },
    spec: {
      ...(autoscaleEnabled ? {} : { replicas: replicaCount }),
      strategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
      selector: { matchLabels: revision === '' ? { istio: 'pilot' } : { app: 'istiod', 'istio.io/rev': revision } },
      template: {
        metadata: {
          labels: podLabels,
          annotations: {
            'prometheus.io/port': '15014',
            'prometheus.io/scrape': 'true',
            'sidecar.istio.io/inject': 'false',
          },
        },
        spec: {
          serviceAccountName: name,
          containers: [
            {
              name: 'discovery',
              image: `${hub}/pilot:${tag}`,
              args: ['discovery', '--monitoringAddr=:15014', '--domain', 'cluster.local'],
              readinessProbe: { httpGet: { path: '/ready', port: 8080 }, initialDelaySeconds: 1, periodSeconds: 3 },
              env: [
                { name: 'REVISION', value: revisionLabel(r) },
                ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
              ],
            },
          ],
        },
      },
    },
  }
}

/** An autoscaler always, a budget only where it leaves room. */
function scaling(r: Rendering): readonly KubeObject[] {
  const { autoscaleEnabled, autoscaleMin, autoscaleMax, replicaCount, revision } = r.values
  const name = serviceName(r)
  const metadata = { name, namespace: r.namespace, labels: { ...revisionLabels(r), app: 'istiod', istio: 'pilot' } }
  const budget: KubeObject = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: {
      minAvailable: 1,
      selector: {
        matchLabels: revision === '' ? { app: 'istiod', istio: 'pilot' } : { app: 'istiod', 'istio.io/rev': revision },
      },
    },
  }
  const scaler: KubeObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      minReplicas: autoscaleMin,
      maxReplicas: autoscaleMax,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    },
  }
  return [
    ...((autoscaleEnabled ? autoscaleMin : replicaCount) > 1 ? [budget] : []),
    ...(autoscaleEnabled ? [scaler] : []),
  ]
}
