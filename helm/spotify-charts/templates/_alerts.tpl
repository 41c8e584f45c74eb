{{/* Where docs/operations.md is read: as the values say, or in the sources that a released chart names; empty when neither is known. */}}
{{- define "spotify-charts.runbooks" -}}
{{- with .Values.metrics.prometheusRule.runbookUrl -}}
{{- . -}}
{{- else -}}
{{- with first (.Chart.Sources | default list) -}}{{ trimSuffix "/" . }}/blob/v{{ $.Chart.AppVersion }}/docs/operations.md{{- end -}}
{{- end -}}
{{- end -}}

{{/* Alerts as YAML list of alert, expr, for, severity and summary. Each has a section of its name in docs/operations.md. */}}
{{- define "spotify-charts.alerts" -}}
{{- $rule := .Values.metrics.prometheusRule -}}
{{- $pods := printf "namespace=%q,pod=~%q" .Release.Namespace (include "spotify-charts.podPattern" .) -}}
{{- $name := include "spotify-charts.fullname" . -}}
{{- $where := printf "of %s in %s" $name .Release.Namespace -}}
- alert: SpotifyChartsDown
  expr: absent(build_info{ {{- $pods -}} })
  for: 2m
  severity: critical
  summary: No pod {{ $where }} gives metrics.
- alert: SpotifyChartsErrors
  expr: >-
    sum(rate(http_requests_total{ {{- $pods }},status=~"5.."}[5m]))
    / sum(rate(http_requests_total{ {{- $pods -}} }[5m])) > {{ include "spotify-charts.share" $rule.errorShare }}
  for: 5m
  severity: critical
  summary: More than {{ mulf $rule.errorShare 100 }} % of the answers {{ $where }} are errors of the service.
- alert: SpotifyChartsSlow
  expr: >-
    histogram_quantile(0.99, sum by (le, route) (rate(http_request_duration_seconds_bucket{ {{- $pods -}} }[5m])))
    > {{ include "spotify-charts.share" $rule.p99Seconds }}
  for: 10m
  severity: warning
  summary: The slowest hundredth of the answers {{ $where }} takes longer than {{ $rule.p99Seconds }} s.
- alert: SpotifyChartsEventLoopBusy
  expr: avg(nodejs_eventloop_utilization{ {{- $pods -}} }) > 0.9
  for: 10m
  severity: warning
  summary: The pods {{ $where }} are busy more than 90 % of the time.
- alert: SpotifyChartsQueriesQueue
  expr: max(duckdb_queue_length{ {{- $pods -}} }) > {{ div (.Values.duckdb.maxQueued | int64) 10 }}
  for: 5m
  severity: warning
  summary: Queries {{ $where }} wait for a connection to DuckDB.
- alert: SpotifyChartsMemoryHigh
  expr: max(process_resident_memory_bytes{ {{- $pods -}} }) > {{ div (mul (include "spotify-charts.bytes" .Values.resources.limits.memory | int64) 9) 10 }}
  for: 10m
  severity: warning
  summary: A pod {{ $where }} uses more than 90 % of its memory.
- alert: SpotifyChartsDatasetsDiffer
  expr: count(count by (version) (dataset_info{ {{- $pods -}} })) > 1
  for: 30m
  severity: warning
  summary: The pods {{ $where }} serve different versions of the dataset.
- alert: SpotifyChartsDatasetRefreshFails
  expr: max(dataset_refresh_failing{ {{- $pods -}} }) > 0
  for: 5m
  severity: warning
  summary: A pod {{ $where }} cannot open the new version of the dataset and serves the old one.
- alert: SpotifyChartsDatasetDamaged
  expr: max(dataset_damaged{ {{- $pods -}} }) > 0
  for: 1m
  severity: critical
  summary: The file that a pod {{ $where }} serves is damaged; only answers in its memory are given.
- alert: SpotifyChartsApiKeysFail
  expr: max(api_keys_file_failing{ {{- $pods -}} }) > 0
  for: 2m
  severity: warning
  summary: A pod {{ $where }} cannot read its new file of API keys and goes on with the old ones, revoked keys among them.
{{- if ne .Values.redis.mode "none" }}
- alert: SpotifyChartsCacheUnreachable
  expr: min by (operation) (cache_breaker_state{ {{- $pods }},state="closed"}) < 1
  for: 10m
  severity: warning
  summary: Pods {{ $where }} do without their shared cache.
{{- end }}
{{- if or .Values.autoscaling.enabled .Values.keda.enabled }}
- alert: SpotifyChartsAtMaxReplicas
  expr: >-
    kube_horizontalpodautoscaler_status_current_replicas{namespace={{ .Release.Namespace | quote }},horizontalpodautoscaler={{ $name | quote }}}
    >= kube_horizontalpodautoscaler_spec_max_replicas{namespace={{ .Release.Namespace | quote }},horizontalpodautoscaler={{ $name | quote }}}
  for: 15m
  severity: warning
  summary: The autoscaler {{ $where }} cannot add pods.
{{- end }}
{{- end -}}
