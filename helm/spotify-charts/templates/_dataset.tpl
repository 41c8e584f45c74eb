{{/* Volume of the dataset, none when it is in the image. */}}
{{- define "spotify-charts.datasetVolume" -}}
{{- $dataset := .Values.dataset -}}
{{- if eq $dataset.source "download" }}
- name: dataset
  emptyDir:
    sizeLimit: {{ $dataset.download.sizeLimit }}
{{- else if eq $dataset.source "claim" }}
- name: dataset
  persistentVolumeClaim:
    claimName: {{ $dataset.claim.name }}
    readOnly: true
{{- else if eq $dataset.source "imageVolume" }}
- name: dataset
  image:
    reference: {{ $dataset.imageVolume.reference }}
    pullPolicy: {{ $dataset.imageVolume.pullPolicy }}
{{- end }}
{{- end -}}

{{- define "spotify-charts.datasetMount" -}}
{{- if ne .Values.dataset.source "image" }}
- name: dataset
  mountPath: /data
  readOnly: true
  {{- if and (eq .Values.dataset.source "claim") .Values.dataset.claim.subPath }}
  subPath: {{ .Values.dataset.claim.subPath }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Container that fetches a published version before the service starts. */}}
{{- define "spotify-charts.downloadContainer" -}}
{{- $download := .Values.dataset.download -}}
{{- $command := concat (list "node" "dist/apps/dataset/src/main.js" "fetch") $download.manifestUrls -}}
{{- if $download.manifestSha256 -}}
{{- $command = concat $command (list "--manifest-sha256" $download.manifestSha256) -}}
{{- end -}}
{{- $command = concat $command (list "--retries" ($download.retries | int64 | toString) "--out" "/data") -}}
- name: dataset
  {{- include "spotify-charts.program" (dict "root" . "command" $command) | nindent 2 }}
  {{- include "spotify-charts.datasetCaEnv" . | nindent 2 }}
  resources:
    {{- toYaml $download.resources | nindent 4 }}
  volumeMounts:
    - name: dataset
      mountPath: /data
    - name: tmp
      mountPath: /tmp
    {{- include "spotify-charts.datasetCaMount" . | nindent 4 }}
{{- end -}}

{{/* A step of the refresh. Takes a dict of root, name and command (what follows the program's name). */}}
{{- define "spotify-charts.refreshStep" -}}
- name: {{ .name }}
  {{- include "spotify-charts.program" (dict "root" .root "command" (concat (list "node" "dist/apps/dataset/src/main.js") .command)) | nindent 2 }}
  {{- include "spotify-charts.datasetCaEnv" .root | nindent 2 }}
  resources:
    {{- toYaml .root.Values.dataset.refresh.resources | nindent 4 }}
  volumeMounts:
    - name: dataset
      mountPath: /data
      {{- with .root.Values.dataset.claim.subPath }}
      subPath: {{ . }}
      {{- end }}
    - name: tmp
      mountPath: /tmp
    {{- include "spotify-charts.datasetCaMount" .root | nindent 4 }}
{{- end -}}

{{/* The certificate authority of the servers that datasets and chart files are downloaded from. */}}
{{- define "spotify-charts.datasetCaEnv" -}}
{{- if .Values.dataset.caSecret -}}
env:
  - name: NODE_EXTRA_CA_CERTS
    value: /etc/spotify-charts/dataset/{{ .Values.dataset.caKey }}
{{- end -}}
{{- end -}}

{{- define "spotify-charts.datasetCaMount" -}}
{{- if .Values.dataset.caSecret -}}
- name: dataset-ca
  mountPath: /etc/spotify-charts/dataset
  readOnly: true
{{- end -}}
{{- end -}}

{{- define "spotify-charts.datasetCaVolume" -}}
{{- if .Values.dataset.caSecret -}}
- name: dataset-ca
  secret:
    secretName: {{ .Values.dataset.caSecret }}
    items:
      - key: {{ .Values.dataset.caKey }}
        path: {{ .Values.dataset.caKey }}
{{- end -}}
{{- end -}}
