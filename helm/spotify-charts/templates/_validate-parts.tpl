{{- define "spotify-charts.faultsRedis" -}}
{{- $redis := .Values.redis -}}
{{- $auth := $redis.auth -}}
{{- $remote := has $redis.mode (list "external" "sentinel" "cluster") -}}
{{- if and (eq $redis.mode "embedded") (not (or $auth.password $auth.existingSecret)) }}
redis.auth: give a password or an existingSecret for the embedded Redis; the chart makes up none, so that two renders are equal.
{{- end }}
{{- if and $auth.password $auth.existingSecret }}
redis.auth: give password or existingSecret, not both.
{{- end }}
{{- if and $auth.urlKey (not (and $remote $auth.existingSecret)) }}
redis.auth.urlKey: needs existingSecret, and a redis.mode of external, sentinel or cluster.
{{- end }}
{{- if and $remote (not $redis.addresses) (not $auth.urlKey) }}
redis.addresses: name the servers as HOST:PORT for redis.mode {{ $redis.mode }}, or the whole URL in a Secret by auth.existingSecret and auth.urlKey.
{{- end }}
{{- if and (eq $redis.mode "external") (gt (len $redis.addresses) 1) }}
redis.addresses: redis.mode external has one server; several are for sentinel and cluster.
{{- end }}
{{- if and $redis.addresses (not $remote) }}
redis.addresses: have no effect with redis.mode {{ $redis.mode }}; use external, sentinel or cluster.
{{- end }}
{{- if and $auth.username (not (or $auth.password $auth.existingSecret)) }}
redis.auth.username: needs a password or an existingSecret.
{{- end }}
{{- if and $auth.username (eq $redis.mode "embedded") }}
redis.auth.username: the embedded Redis has the default user only.
{{- end }}
{{- if and $redis.tls.enabled (not $remote) }}
redis.tls: is for external, sentinel and cluster; the embedded Redis is reached within the namespace, by a network policy.
{{- end }}
{{- if and $redis.tls.caSecret (not $redis.tls.enabled) (not $auth.urlKey) }}
redis.tls.caSecret: set redis.tls.enabled as well.
{{- end }}
{{- if and (gt (int $redis.database) 0) (eq $redis.mode "cluster") }}
redis.database: a cluster has database 0 only.
{{- end }}
{{- end -}}

{{- define "spotify-charts.faultsDataset" -}}
{{- $dataset := .Values.dataset -}}
{{- if and (eq $dataset.source "download") (not $dataset.download.manifestUrls) }}
dataset.download.manifestUrls: name the https address of manifest.json for dataset.source download.
{{- end }}
{{- if eq $dataset.source "claim" }}
{{- if not $dataset.claim.name }}
dataset.claim.name: name the PersistentVolumeClaim for dataset.source claim.
{{- end }}
{{- if and (eq $dataset.claim.accessMode "ReadWriteOnce") (or .Values.autoscaling.enabled .Values.keda.enabled (gt (int .Values.replicaCount) 1)) }}
dataset.claim.accessMode: a ReadWriteOnce volume is on one node; use ReadOnlyMany or ReadWriteMany, or replicaCount 1 without autoscaling and keda.
{{- end }}
{{- end }}
{{- if eq $dataset.source "imageVolume" }}
{{- if not $dataset.imageVolume.reference }}
dataset.imageVolume.reference: name the OCI image for dataset.source imageVolume.
{{- end }}
{{- if not (semverCompare ">=1.31.0-0" .Capabilities.KubeVersion.Version) }}
dataset.source: imageVolume needs Kubernetes 1.31 or later, this is {{ .Capabilities.KubeVersion.Version }}; use image, download or claim.
{{- end }}
{{- end }}
{{- if $dataset.refresh.enabled }}
{{- if not (and (eq $dataset.source "claim") (eq $dataset.claim.accessMode "ReadWriteMany")) }}
dataset.refresh: writes to the volume that the pods read: set dataset.source to claim and dataset.claim.accessMode to ReadWriteMany.
{{- end }}
{{- if not $dataset.refresh.urls }}
dataset.refresh.urls: name the https addresses of the chart files.
{{- end }}
{{- if lt (int $dataset.refresh.keep) 2 }}
dataset.refresh.keep: {{ $dataset.refresh.keep }} would remove the version before the current one, which is the way back from a bad refresh; keep at least 2.
{{- end }}
{{- end }}
{{- end -}}

{{- define "spotify-charts.faultsExposure" -}}
{{- if and .Values.tls.enabled (not .Values.ingress.enabled) }}
tls.enabled: is for the Ingress, which is off; TLS of an HTTPRoute is set up at its Gateway.
{{- end }}
{{- if .Values.tls.certManager.enabled }}
{{- if not .Values.tls.certManager.issuerRef }}
tls.certManager.issuerRef: name the issuer, such as {name: letsencrypt, kind: ClusterIssuer}.
{{- end }}
{{- if not (or (and .Values.ingress.enabled .Values.ingress.hosts) (and .Values.gateway.httpRoute.enabled .Values.gateway.httpRoute.hostnames)) }}
tls.certManager: a certificate needs names: give ingress.hosts or gateway.httpRoute.hostnames.
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.tls.enabled) }}
tls.certManager: the Ingress would not use the certificate: set tls.enabled.
{{- end }}
{{- end }}
{{- if and .Values.gateway.httpRoute.enabled (not .Values.gateway.httpRoute.parentRefs) }}
gateway.httpRoute.parentRefs: name the Gateway, such as [{name: public, namespace: gateways}].
{{- end }}
{{- end -}}

{{- define "spotify-charts.faultsNetwork" -}}
{{- $policy := .Values.networkPolicy -}}
{{- if $policy.enabled }}
{{- $outside := false -}}
{{- range $policy.clients -}}{{- if or (hasKey . "namespaceSelector") (hasKey . "ipBlock") -}}{{- $outside = true -}}{{- end -}}{{- end -}}
{{- if not $outside }}
{{- if or .Values.ingress.enabled .Values.gateway.httpRoute.enabled }}
networkPolicy.clients: name the pods of the ingress controller or gateway (a namespaceSelector or an ipBlock), or it cannot reach the service.
{{- else if ne .Values.service.type "ClusterIP" }}
networkPolicy.clients: name who may call from outside (an ipBlock) for a Service of type {{ .Values.service.type }}, or nobody can.
{{- end }}
{{- end }}
{{- if and (or .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled) (not $policy.metrics) }}
networkPolicy.metrics: name the pods of Prometheus, or it cannot read the metrics.
{{- end }}
{{- if and (has .Values.redis.mode (list "external" "sentinel" "cluster")) (not $policy.redis) }}
networkPolicy.redis: name where Redis is (peers), or the service cannot reach it.
{{- end }}
{{- if and .Values.loadTest.enabled .Values.loadTest.target (not .Values.loadTest.egress) }}
loadTest.egress: name where {{ .Values.loadTest.target }} is (peers), or the runners cannot reach it.
{{- end }}
{{- end }}
{{- end -}}

{{- define "spotify-charts.faultsRest" -}}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled }}
metrics: switch on serviceMonitor or podMonitor, not both, or everything is counted twice.
{{- end }}
{{- if and .Values.metrics.prometheusRule.enabled (not (include "spotify-charts.runbooks" .)) }}
metrics.prometheusRule.runbookUrl: name the address at which your people read docs/operations.md, https://...; each alert links to its section there.
{{- end }}
{{- if and .Values.tracing.followSampled (not .Values.tracing.enabled) }}
tracing.followSampled: has no effect while tracing.enabled is false; set that too.
{{- end }}
{{- $set := keys (include "spotify-charts.plainEnv" . | fromYaml) | concat (list "REDIS_URL" "REDIS_PASSWORD") -}}
{{- range .Values.extraEnv }}
{{- if has .name $set }}
extraEnv: {{ .name }} is set by the chart; use its own value.
{{- end }}
{{- end }}
{{- range $where, $labels := dict "commonLabels" .Values.commonLabels "podLabels" .Values.podLabels }}
{{- range $key := keys $labels | sortAlpha }}
{{- if or (hasPrefix "app.kubernetes.io/" $key) (hasPrefix "helm.sh/" $key) }}
{{ $where }}: {{ $key }} is a label of the chart itself; use another name.
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.loadTest.enabled .Values.apiKeys.enabled (not .Values.loadTest.target) }}
loadTest: the runners have no API key; set apiKeys.enabled to false while they run.
{{- end }}
{{- if and .Values.loadTest.enabled (eq .Values.loadTest.engine "k6") (not (.Files.Get "files/k6.js")) }}
loadTest.engine: the script files/k6.js is not in this chart; use node.
{{- end }}
{{- end -}}
