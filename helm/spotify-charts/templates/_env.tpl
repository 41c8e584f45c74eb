{{/* Settings of the service that are plain texts: YAML map of variable and value. */}}
{{- define "spotify-charts.settings" -}}
{{- $v := .Values -}}
PORT: {{ $v.server.port | int64 | quote }}
HOST: {{ $v.server.host | quote }}
MANAGEMENT_PORT: {{ $v.server.managementPort | int64 | quote }}
MANAGEMENT_HOST: {{ $v.server.host | quote }}
DATASET_DIR: /data
DATASET_VERIFY: {{ $v.dataset.verify }}
DATASET_WATCH_SECONDS: {{ $v.dataset.watchSeconds | int64 | quote }}
DUCKDB_MEMORY_LIMIT: {{ $v.duckdb.memoryLimit | quote }}
DUCKDB_THREADS: {{ $v.duckdb.threads | int64 | quote }}
DUCKDB_CONNECTIONS: {{ $v.duckdb.connections | int64 | quote }}
DUCKDB_MAX_QUEUED: {{ $v.duckdb.maxQueued | int64 | quote }}
DUCKDB_QUERY_TIMEOUT_MS: {{ $v.duckdb.queryTimeoutMs | int64 | quote }}
DUCKDB_TEMP_DIR: /tmp/duckdb
LOG_LEVEL: {{ $v.logging.level }}
LOG_FORMAT: {{ $v.logging.format }}
LOG_REQUEST_SAMPLE: {{ include "spotify-charts.share" $v.logging.requestSample | quote }}
LOG_SLOW_MS: {{ $v.logging.slowMs | int64 | quote }}
TRACE_CONTEXT: {{ $v.tracing.enabled | ternary ($v.tracing.followSampled | ternary "follow" "log") "off" | quote }}
KEEP_ALIVE_TIMEOUT_MS: {{ $v.server.keepAliveTimeoutMs | int64 | quote }}
HEADERS_TIMEOUT_MS: {{ $v.server.headersTimeoutMs | int64 | quote }}
REQUEST_TIMEOUT_MS: {{ $v.server.requestTimeoutMs | int64 | quote }}
CONNECTION_MAX_AGE_MS: {{ $v.server.connectionMaxAgeMs | int64 | quote }}
SHED_WAIT_MS: {{ $v.overload.shedWaitMs | int64 | quote }}
MAX_CONNECTIONS: {{ $v.overload.maxConnections | int64 | quote }}
SEND_TIMEOUT_MS: {{ $v.overload.sendTimeoutMs | int64 | quote }}
MAX_UNSENT_BYTES: {{ $v.overload.maxUnsentBytes | int64 | quote }}
SHUTDOWN_DRAIN_MS: {{ $v.shutdown.drainMs | int64 | quote }}
SHUTDOWN_DEADLINE_MS: {{ $v.shutdown.deadlineMs | int64 | quote }}
TRUST_PROXY: {{ $v.server.trustProxy | quote }}
CORS_ORIGIN: {{ $v.server.corsOrigin | quote }}
HTTP_CACHE_CONTROL: {{ $v.server.cacheControl | quote }}
{{- if $v.apiKeys.enabled }}
API_KEYS_FILE: /etc/spotify-charts/api-keys/{{ $v.apiKeys.key }}
{{- end }}
CACHE_L1_MAX_BYTES: {{ $v.cache.l1.maxBytes | int64 | quote }}
CACHE_WARM_UP_MS: {{ $v.cache.warmUpMs | int64 | quote }}
{{- end -}}

{{/* Settings of the shared cache, when there is one. */}}
{{- define "spotify-charts.redisSettings" -}}
{{- $v := .Values -}}
CACHE_L2: {{ $v.cache.l2.enabled | ternary "on" "off" | quote }}
CACHE_TTL_SECONDS: {{ $v.cache.l2.ttlSeconds | int64 | quote }}
CACHE_KEY_PREFIX: {{ $v.cache.l2.keyPrefix | quote }}
REDIS_MODE: {{ has $v.redis.mode (list "sentinel" "cluster") | ternary $v.redis.mode "single" }}
REDIS_TIMEOUT_MS: {{ $v.redis.timeoutMs | int64 | quote }}
{{- if eq $v.redis.mode "sentinel" }}
REDIS_SENTINEL_NAME: {{ $v.redis.sentinelName | quote }}
{{- end }}
{{- if $v.redis.tls.caSecret }}
REDIS_TLS_CA_FILE: /etc/spotify-charts/redis/{{ $v.redis.tls.caKey }}
{{- end }}
{{- end -}}

{{/* Variables of Node itself. */}}
{{- define "spotify-charts.nodeSettings" -}}
UV_THREADPOOL_SIZE: {{ .Values.node.uvThreadpoolSize | int64 | quote }}
NODE_OPTIONS: {{ printf "--max-old-space-size=%s %s" (include "spotify-charts.heapMebibytes" .) .Values.node.options | trim | quote }}
{{- end -}}

{{/* YAML map of every plain variable that the chart sets. */}}
{{- define "spotify-charts.plainEnv" -}}
{{ include "spotify-charts.settings" . }}
{{- if ne .Values.redis.mode "none" }}
{{ include "spotify-charts.redisSettings" . }}
{{- end }}
{{ include "spotify-charts.nodeSettings" . }}
{{- end -}}

{{/* The env list of the service's container. REDIS_PASSWORD stands before REDIS_URL, which is put together from it. */}}
{{- define "spotify-charts.env" -}}
{{- range $name, $value := include "spotify-charts.plainEnv" . | fromYaml }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- if ne .Values.redis.mode "none" }}
{{ include "spotify-charts.redisEnv" . | trim }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
