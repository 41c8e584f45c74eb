{{/* Rule that lets names be resolved. */}}
{{- define "spotify-charts.egressDns" -}}
{{- /* No peers would mean all of them: the rule is left out then. */ -}}
{{- if .Values.networkPolicy.dns -}}
- to:
    {{- toYaml .Values.networkPolicy.dns | nindent 4 }}
  ports:
    {{- range .Values.networkPolicy.dnsPorts }}
    - port: {{ . }}
      protocol: UDP
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end -}}
{{- end -}}

{{/* Rule that lets datasets be downloaded. */}}
{{- define "spotify-charts.egressHttps" -}}
{{- if .Values.networkPolicy.https -}}
- to:
    {{- toYaml .Values.networkPolicy.https | nindent 4 }}
  ports:
    - port: 443
      protocol: TCP
{{- end -}}
{{- end -}}

{{/* Peer: pods of a component of this release. Takes a dict of root and component. */}}
{{- define "spotify-charts.peer" -}}
- podSelector:
    matchLabels:
      {{- include "spotify-charts.selectorLabels" . | nindent 6 }}
{{- end -}}
