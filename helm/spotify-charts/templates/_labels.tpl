{{/* Labels by which a component's pods are found; never changed, for selectors cannot be. Takes a dict of root and component. */}}
{{- define "spotify-charts.selectorLabels" -}}
app.kubernetes.io/name: {{ include "spotify-charts.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of an object. Takes a dict of root and component. */}}
{{- define "spotify-charts.labels" -}}
{{ include "spotify-charts.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: {{ .root.Chart.Name }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of a component's pods: without versions, so that a new chart alone does not replace pods. */}}
{{- define "spotify-charts.podLabels" -}}
{{ include "spotify-charts.selectorLabels" . }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Name, namespace and labels of an object. Takes a dict of root, component and suffix. */}}
{{- define "spotify-charts.metadata" -}}
name: {{ include "spotify-charts.fullname" .root }}{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "spotify-charts.labels" . | nindent 2 }}
{{- end -}}
