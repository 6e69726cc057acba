{{/* Names and labels. Names leave room for what is put behind them. */}}
{{- define "initium.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "initium.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end -}}

{{/* What selects the application's pods. The hook's pod must not carry all of these. */}}
{{- define "initium.appLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: app
{{- end -}}

{{- define "initium.migrateLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}-migrate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: migrate
{{- end -}}

{{/* Of all that the hook needs: there before it, and made anew each time. */}}
{{- define "initium.supportHook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ .Values.hookJob.supportWeight | quote }}
helm.sh/hook-delete-policy: before-hook-creation
{{- end -}}

{{/* The hook's have names of their own: what is a hook in one release and none in the next belongs to nobody, and Helm
     would refuse to take it over when `mode` changes. */}}
{{- define "initium.planName" -}}
{{- .Values.plan.existingConfigMap | default (printf "%s-%s" (include "initium.name" .) (ternary "migrate" "plan" (eq .Values.mode "hookJob"))) -}}
{{- end -}}

{{- define "initium.appSecretName" -}}
{{- if .Values.database.url -}}
{{- include "initium.name" . }}-db
{{- else -}}
{{- .Values.database.existingSecret -}}
{{- end -}}
{{- end -}}

{{- define "initium.migrateSecretName" -}}
{{- if and .Values.database.url (eq .Values.mode "hookJob") -}}
{{- include "initium.name" . }}-migrate
{{- else -}}
{{- include "initium.appSecretName" . -}}
{{- end -}}
{{- end -}}

{{- define "initium.secretKey" -}}
{{- if .Values.database.url }}url{{ else }}{{ .Values.database.key }}{{ end -}}
{{- end -}}

{{- define "initium.appServiceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ include "initium.name" . }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end -}}
{{- end -}}

{{- define "initium.migrateServiceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ include "initium.name" . }}-migrate{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end -}}
{{- end -}}
