{{/* Parts of pods that the two modes share. */}}
{{- define "initium.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}

{{/* The restricted Pod Security Standard. */}}
{{- define "initium.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "initium.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* DATABASE_URL, from a secret; a file of SQLite is none. */}}
{{- define "initium.databaseEnv" -}}
- name: DATABASE_URL
{{- if .root.Values.database.sqliteFile }}
  value: {{ printf "sqlite:%s" .root.Values.database.sqliteFile | quote }}
{{- else }}
  valueFrom:
    secretKeyRef: { name: {{ .secret | quote }}, key: {{ include "initium.secretKey" .root | quote }} }
{{- end }}
{{- end -}}

{{- define "initium.dataMount" -}}
{{- if .Values.database.sqliteFile }}
- { name: data, mountPath: {{ .Values.data.mountPath | quote }} }
{{- end }}
{{- end -}}

{{- define "initium.container" -}}
image: {{ include "initium.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  {{- include "initium.databaseEnv" (dict "root" . "secret" (include "initium.migrateSecretName" .)) | nindent 2 }}
  {{- with .Values.migrate.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
resources: {{- toYaml .Values.migrate.resources | nindent 2 }}
securityContext: {{- include "initium.containerSecurity" . | nindent 2 }}
volumeMounts:
  - { name: plan, mountPath: /plan, readOnly: true }
  {{- with include "initium.dataMount" . }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  {{- with .Values.migrate.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* With apply alone, or with a baseline before it. The last one is called migrate. */}}
{{- define "initium.baselineContainer" -}}
{{- if .Values.migrationBaseline.id }}
- name: baseline
  args: [migrate, baseline, {{ .Values.migrationBaseline.id | quote }}, --if-table, {{ .Values.migrationBaseline.table | quote }}, --spec, /plan/plan.yaml, --reason, {{ printf "migrationBaseline of release %s" .Release.Name | quote }}]
  {{- include "initium.container" . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "initium.migrateContainer" -}}
- name: migrate
  args: {{ concat (list "migrate" "apply" "--spec" "/plan/plan.yaml") (ternary (list "--allow-ahead") list .Values.migrate.allowAhead) .Values.migrate.extraArgs | toJson }}
  {{- include "initium.container" . | nindent 2 }}
{{- end -}}

{{- define "initium.volumes" -}}
- name: plan
  configMap: { name: {{ include "initium.planName" . | quote }}, items: [{ key: {{ .Values.plan.key | quote }}, path: plan.yaml }] }
{{- if .Values.database.sqliteFile }}
- name: data
  persistentVolumeClaim: { claimName: {{ .Values.data.existingClaim | default (printf "%s-data" (include "initium.name" .)) | quote }} }
{{- end }}
{{- with .Values.migrate.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
