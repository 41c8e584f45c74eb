{{/* Name of the Secret with the password of Redis; empty when there is none. */}}
{{- define "spotify-charts.redisSecretName" -}}
{{- if .Values.redis.auth.existingSecret -}}
{{- .Values.redis.auth.existingSecret -}}
{{- else if .Values.redis.auth.password -}}
{{- include "spotify-charts.fullname" . }}-redis
{{- end -}}
{{- end -}}

{{- define "spotify-charts.redisPasswordKey" -}}
{{- if .Values.redis.auth.existingSecret -}}{{ .Values.redis.auth.passwordKey }}{{- else -}}password{{- end -}}
{{- end -}}

{{/* Servers as HOST:PORT, joined by commas. */}}
{{- define "spotify-charts.redisAddresses" -}}
{{- if eq .Values.redis.mode "embedded" -}}
{{- include "spotify-charts.fullname" . }}-redis:6379
{{- else -}}
{{- join "," .Values.redis.addresses -}}
{{- end -}}
{{- end -}}

{{/* REDIS_URL, with the place of the password left to Kubernetes, so that it stands in no object but the Secret. */}}
{{- define "spotify-charts.redisUrl" -}}
{{- $scheme := .Values.redis.tls.enabled | ternary "rediss" "redis" -}}
{{- $user := include "spotify-charts.redisSecretName" . | empty | ternary "" (printf "%s:$(REDIS_PASSWORD)@" .Values.redis.auth.username) -}}
{{- $database := gt (int .Values.redis.database) 0 | ternary (printf "/%d" (int .Values.redis.database)) "" -}}
{{- $urls := list -}}
{{- range splitList "," (include "spotify-charts.redisAddresses" .) -}}
{{- $urls = append $urls (printf "%s://%s%s%s" $scheme $user . $database) -}}
{{- end -}}
{{- join "," $urls -}}
{{- end -}}

{{/* Variables that name Redis and the password. */}}
{{- define "spotify-charts.redisEnv" -}}
{{- $secret := include "spotify-charts.redisSecretName" . -}}
{{- if .Values.redis.auth.urlKey }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ .Values.redis.auth.urlKey }}
{{- else }}
{{- if $secret }}
{{ include "spotify-charts.redisPasswordEnv" . }}
{{- end }}
- name: REDIS_URL
  value: {{ include "spotify-charts.redisUrl" . | quote }}
{{- end }}
{{- end -}}

{{- define "spotify-charts.redisPasswordEnv" -}}
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "spotify-charts.redisSecretName" . }}
      key: {{ include "spotify-charts.redisPasswordKey" . }}
{{- end -}}
