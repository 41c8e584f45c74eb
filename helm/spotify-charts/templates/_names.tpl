{{/* Name of the chart or what takes its place; value of app.kubernetes.io/name. */}}
{{- define "spotify-charts.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
Name of the objects, at most 40 characters, so that every suffix (and what Kubernetes adds to a pod's name) fits into 63.
A longer one ends with a digest of the whole, so that two long ones that begin alike stay apart.
*/}}
{{- define "spotify-charts.fullname" -}}
{{- $name := include "spotify-charts.name" . -}}
{{- $full := .Values.fullnameOverride | default (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) -}}
{{- if gt (len $full) 40 -}}
{{- printf "%s-%s" ($full | trunc 31 | trimSuffix "-") ($full | sha256sum | trunc 8) -}}
{{- else -}}
{{- $full | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "spotify-charts.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "spotify-charts.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Reference of an image: a dict of repository, tag and digest. The digest wins. */}}
{{- define "spotify-charts.imageReference" -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag }}{{- end -}}
{{- end -}}

{{- define "spotify-charts.image" -}}
{{- include "spotify-charts.imageReference" (dict "repository" .Values.image.repository "tag" (default .Chart.AppVersion .Values.image.tag) "digest" .Values.image.digest) -}}
{{- end -}}

{{/* Address of the API within the cluster. */}}
{{- define "spotify-charts.serviceUrl" -}}
http://{{ include "spotify-charts.fullname" . }}.{{ .Release.Namespace }}:{{ .Values.service.port }}
{{- end -}}

{{- define "spotify-charts.tlsSecretName" -}}
{{- default (printf "%s-tls" (include "spotify-charts.fullname" .)) .Values.tls.secretName -}}
{{- end -}}

{{/* Pattern of the names of the service's pods, for Prometheus. */}}
{{- define "spotify-charts.podPattern" -}}
{{ include "spotify-charts.fullname" . }}-[a-z0-9]+-[a-z0-9]{5}
{{- end -}}
