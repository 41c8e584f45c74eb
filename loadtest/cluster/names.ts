/** Where most of it is installed. */
export const NAMESPACE = 'charts-e2e';
/** Where the releases with other settings are installed, one after the other. */
export const PLAIN_NAMESPACE = 'charts-e2e-plain';
/** Where the helpers of the proof run: what makes the volume, and the server that new charts come from. */
export const SETUP_NAMESPACE = 'charts-e2e-setup';
/** Name that the ingress answers to. */
export const HOST = 'charts.test';
/** Name of each release; there is one in a namespace. */
export const RELEASE = 'charts';
/** Name of the objects. */
export const NAME = `${RELEASE}-spotify-charts`;
/** Folder of the chart. */
export const CHART = 'helm/spotify-charts';
/** Server of new charts and of published datasets. */
export const FILES_HOST = `files.${SETUP_NAMESPACE}.svc`;
/** New charts, as the refresh asks for them. */
export const FILES_URL = `https://${FILES_HOST}/new-day.csv`;
/** The dataset that is current on the volume, as the download asks for it. */
export const MANIFEST_URL = `https://${FILES_HOST}/dataset/manifest.json`;
/** A port that nothing of the chart has to do with. */
export const OTHER_PORT = 8080;
/** Labels of who may read metrics. */
export const MONITOR_LABELS = { app: 'monitor' } as const;
