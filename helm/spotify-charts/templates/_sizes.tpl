{{/* Bytes of a quantity such as 512Mi, 1.5G or 128MB, as whole number. */}}
{{- define "spotify-charts.bytes" -}}
{{- $text := toString . | trimSuffix "B" | nospace -}}
{{- $factors := dict "" 1 "k" 1000 "K" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $unit := regexReplaceAll "^[0-9.]+" $text "" -}}
{{- mulf (regexFind "^[0-9.]+" $text | float64) (get $factors $unit) | floor | int64 -}}
{{- end -}}

{{/* Whole MiB of the heap of JavaScript, a share of the memory limit. */}}
{{- define "spotify-charts.heapMebibytes" -}}
{{- div (mul (include "spotify-charts.bytes" .Values.resources.limits.memory | int64) (.Values.node.heapPercent | int64)) 104857600 -}}
{{- end -}}

{{/* A share such as 0.01 without exponent. */}}
{{- define "spotify-charts.share" -}}
{{- regexReplaceAll "\\.?0+$" (printf "%.6f" (float64 .)) "" -}}
{{- end -}}
