{{/* Fails with every contradiction of the values, one sentence each; renders nothing. */}}
{{- define "spotify-charts.validate" -}}
{{- $parts := list "Pods" "Scaling" "Redis" "Dataset" "Exposure" "Network" "Rest" -}}
{{- $faults := list -}}
{{- range $parts -}}
{{- range include (printf "spotify-charts.faults%s" .) $ | splitList "\n" -}}
{{- with trim . -}}{{- $faults = append $faults . -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if $faults -}}
{{- printf "\n\nThe values contradict each other:\n- %s\n" (join "\n- " $faults) | fail -}}
{{- end -}}
{{- end -}}

{{- define "spotify-charts.faultsPods" -}}
{{- $v := .Values -}}
{{- $limit := include "spotify-charts.bytes" $v.resources.limits.memory | int64 -}}
{{- if ne $limit (include "spotify-charts.bytes" $v.resources.requests.memory | int64) }}
resources: the memory of requests ({{ $v.resources.requests.memory }}) and limits ({{ $v.resources.limits.memory }}) must be the same, or a node that runs out of memory kills the pod.
{{- end }}
{{- $duckdb := include "spotify-charts.bytes" $v.duckdb.memoryLimit | int64 -}}
{{- $need := add (mul (include "spotify-charts.heapMebibytes" . | int64) 1048576) $duckdb ($v.cache.l1.maxBytes | int64) -}}
{{- if gt (mul $need 10) (mul $limit 9) }}
resources.limits.memory: {{ $v.resources.limits.memory }} is too little for the heap ({{ $v.node.heapPercent }} %), duckdb.memoryLimit ({{ $v.duckdb.memoryLimit }}) and cache.l1.maxBytes ({{ $v.cache.l1.maxBytes | int64 }}): together they must stay below 90 % of it.
{{- end }}
{{- if le ($v.node.uvThreadpoolSize | int64) ($v.duckdb.connections | int64) }}
node.uvThreadpoolSize: {{ $v.node.uvThreadpoolSize }} must be above duckdb.connections ({{ $v.duckdb.connections }}), for each running query occupies a thread.
{{- end }}
{{- if le (mul ($v.shutdown.gracePeriodSeconds | int64) 1000) (add (mul ($v.shutdown.preStopSeconds | int64) 1000) ($v.shutdown.deadlineMs | int64)) }}
shutdown.gracePeriodSeconds: {{ $v.shutdown.gracePeriodSeconds }} must be above preStopSeconds ({{ $v.shutdown.preStopSeconds }}) and deadlineMs ({{ $v.shutdown.deadlineMs | int64 }}) together, or pods are killed while they drain.
{{- end }}
{{- if le ($v.shutdown.deadlineMs | int64) ($v.shutdown.drainMs | int64) }}
shutdown.deadlineMs: {{ $v.shutdown.deadlineMs | int64 }} must be above drainMs ({{ $v.shutdown.drainMs | int64 }}).
{{- end }}
{{- if le ($v.server.headersTimeoutMs | int64) ($v.server.keepAliveTimeoutMs | int64) }}
server.headersTimeoutMs: {{ $v.server.headersTimeoutMs | int64 }} must be above keepAliveTimeoutMs ({{ $v.server.keepAliveTimeoutMs | int64 }}).
{{- end }}
{{- if lt ($v.server.requestTimeoutMs | int64) ($v.server.headersTimeoutMs | int64) }}
server.requestTimeoutMs: {{ $v.server.requestTimeoutMs | int64 }} must not be below headersTimeoutMs ({{ $v.server.headersTimeoutMs | int64 }}).
{{- end }}
{{- if eq ($v.server.port | int64) ($v.server.managementPort | int64) }}
server.managementPort: {{ $v.server.managementPort }} must be another port than server.port.
{{- end }}
{{- if and (eq ($v.rollingUpdate.maxSurge | toString | trimSuffix "%") "0") (eq ($v.rollingUpdate.maxUnavailable | toString | trimSuffix "%") "0") }}
rollingUpdate: maxSurge and maxUnavailable must not both be 0, or no rollout could begin.
{{- end }}
{{- end -}}

{{- define "spotify-charts.faultsScaling" -}}
{{- $hpa := .Values.autoscaling -}}
{{- if and $hpa.enabled .Values.keda.enabled }}
keda.enabled: set autoscaling.enabled to false as well; two autoscalers would pull at one Deployment.
{{- end }}
{{- if or $hpa.enabled .Values.keda.enabled }}
{{- if gt ($hpa.minReplicas | int64) ($hpa.maxReplicas | int64) }}
autoscaling.minReplicas: {{ $hpa.minReplicas }} must not be above maxReplicas ({{ $hpa.maxReplicas }}).
{{- end }}
{{- if and $hpa.cpu.enabled (not .Values.resources.requests.cpu) }}
autoscaling.cpu: resources.requests.cpu must be given, for utilization is a share of it.
{{- end }}
{{- end }}
{{- if and $hpa.enabled (not (or $hpa.cpu.enabled $hpa.requestsPerSecond.enabled $hpa.eventLoopUtilization.enabled)) }}
autoscaling: switch on one of cpu, requestsPerSecond and eventLoopUtilization, or set autoscaling.enabled to false.
{{- end }}
{{- if and .Values.keda.enabled (not .Values.keda.prometheusUrl) }}
keda.prometheusUrl: must be the address of Prometheus, such as http://prometheus.monitoring:9090.
{{- end }}
{{- end -}}
