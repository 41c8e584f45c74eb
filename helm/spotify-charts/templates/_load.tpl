{{/* Environment of a runner. */}}
{{- define "spotify-charts.loadEnv" -}}
{{- $load := .Values.loadTest -}}
- name: LOAD_TARGET
  value: {{ $load.target | default (include "spotify-charts.serviceUrl" .) | quote }}
- name: LOAD_SCENARIO
  value: {{ $load.scenario | quote }}
- name: LOAD_RUNNERS
  value: {{ $load.runners | int64 | quote }}
- name: LOAD_START_AT
  value: {{ kindIs "string" $load.startAt | ternary $load.startAt ($load.startAt | int64) | quote }}
{{- with $load.host }}
- name: LOAD_HOST
  value: {{ . | quote }}
{{- end }}
{{- range $name, $value := dict "LOAD_RATE" $load.rate "LOAD_DURATION_SECONDS" $load.durationSeconds }}
{{- if gt ($value | int64) 0 }}
- name: {{ $name }}
  value: {{ $value | int64 | quote }}
{{- end }}
{{- end }}
{{- with $load.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Container of a runner. */}}
{{- define "spotify-charts.loadContainer" -}}
{{- $load := .Values.loadTest -}}
- name: runner
  {{- if eq $load.engine "k6" }}
  image: {{ include "spotify-charts.imageReference" $load.k6.image | quote }}
  imagePullPolicy: {{ $load.k6.image.pullPolicy }}
  command: [k6]
  args: [run, --no-usage-report, /scripts/k6.js]
  securityContext:
    {{- include "spotify-charts.containerSecurityContext" . | nindent 4 }}
  {{- else }}
  {{- include "spotify-charts.program" (dict "root" . "command" (list "node" "dist/loadtest/node/main.js")) | nindent 2 }}
  {{- end }}
  env:
    {{- include "spotify-charts.loadEnv" . | nindent 4 }}
  resources:
    {{- toYaml $load.resources | nindent 4 }}
  volumeMounts:
    - name: tmp
      mountPath: /tmp
    {{- if eq $load.engine "k6" }}
    - name: scripts
      mountPath: /scripts
      readOnly: true
    {{- end }}
{{- end -}}

{{/* What a runner's pod is, and by which its Job is named: a Job cannot be changed, so another pod is another Job. */}}
{{- define "spotify-charts.loadPodSpec" -}}
{{- include "spotify-charts.podBase" . }}
serviceAccountName: {{ include "spotify-charts.serviceAccountName" . }}
restartPolicy: Never
affinity:
  podAntiAffinity:
    # Not beside what is measured, nor two on one node, where that can be had.
    preferredDuringSchedulingIgnoredDuringExecution:
      {{- range list "api" "load" }}
      - weight: {{ eq . "api" | ternary 100 50 }}
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "spotify-charts.selectorLabels" (dict "root" $ "component" .) | nindent 14 }}
      {{- end }}
securityContext:
  {{- include "spotify-charts.podSecurityContext" 65532 | nindent 2 }}
containers:
  {{- include "spotify-charts.loadContainer" . | nindent 2 }}
volumes:
  {{- include "spotify-charts.tmpVolume" . | nindent 2 }}
  {{- if eq .Values.loadTest.engine "k6" }}
  - name: scripts
    configMap:
      name: {{ include "spotify-charts.fullname" . }}-load
  {{- end }}
{{- end -}}
