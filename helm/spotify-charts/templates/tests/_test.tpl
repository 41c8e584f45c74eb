{{/* Annotations of what `helm test` makes; pods stay for their logs until the next run. */}}
{{- define "spotify-charts.testAnnotations" -}}
helm.sh/hook: test
helm.sh/hook-delete-policy: before-hook-creation
{{- end -}}

{{/* Pod that runs one part of files/service-test.mjs. Takes a dict of root and part. */}}
{{- define "spotify-charts.testPod" -}}
{{- $scope := dict "root" .root "component" "test" "suffix" (printf "-test-%s" .part) -}}
apiVersion: v1
kind: Pod
metadata:
  {{- include "spotify-charts.metadata" $scope | nindent 2 }}
  annotations:
    {{- include "spotify-charts.testAnnotations" . | nindent 4 }}
spec:
  {{- include "spotify-charts.podBase" .root | nindent 2 }}
  serviceAccountName: {{ include "spotify-charts.serviceAccountName" .root }}
  restartPolicy: Never
  activeDeadlineSeconds: 300
  securityContext:
    {{- include "spotify-charts.podSecurityContext" 65532 | nindent 4 }}
  containers:
    - name: test
      {{- include "spotify-charts.program" (dict "root" .root "command" (list "node" "/tests/service-test.mjs" .part)) | nindent 6 }}
      env:
        - name: SERVICE_URL
          value: {{ include "spotify-charts.serviceUrl" .root | quote }}
        {{- if .root.Values.apiKeys.enabled }}
        - name: ASKS_FOR_KEYS
          value: 'true'
        {{- end }}
      resources:
        requests:
          cpu: 50m
          memory: 128Mi
        limits:
          memory: 128Mi
      volumeMounts:
        - name: tests
          mountPath: /tests
          readOnly: true
  volumes:
    - name: tests
      configMap:
        name: {{ include "spotify-charts.fullname" .root }}-test
{{- end -}}
