{{/* Security of a pod, as the restricted Pod Security Standard asks. Takes the user's number. */}}
{{- define "spotify-charts.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "spotify-charts.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What every pod of the chart has in common: no token, registry, nodes. */}}
{{- define "spotify-charts.podBase" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Image, security and command of a container that runs a program of the service's image. Takes a dict of root and command. */}}
{{- define "spotify-charts.program" -}}
image: {{ include "spotify-charts.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command:
  {{- toYaml .command | nindent 2 }}
securityContext:
  {{- include "spotify-charts.containerSecurityContext" . | nindent 2 }}
{{- end -}}

{{- define "spotify-charts.tmpVolume" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.tmpSizeLimit }}
{{- end -}}

{{/* Spread of the service's pods over zones and nodes, each version by itself. */}}
{{- define "spotify-charts.topologySpread" -}}
{{- $labels := include "spotify-charts.selectorLabels" (dict "root" . "component" "api") -}}
{{- $spread := .Values.topologySpread -}}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: {{ $spread.maxSkew }}
  topologyKey: {{ . }}
  whenUnsatisfiable: {{ $spread.whenUnsatisfiable }}
  labelSelector:
    matchLabels:
      {{- $labels | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end -}}
