/** A statement that reaches for something beyond the database that it is given to; the folder has `rows.csv` in it. */
export interface WayOut {
  readonly what: string;
  readonly sql: (folder: string) => string;
}

/** All that lead to files, a network, extensions, settings or more memory. */
export const WAYS_OUT: readonly WayOut[] = [
  ...(
    [
      ['read_csv', "SELECT * FROM read_csv('F/rows.csv')"],
      ['read_text', "SELECT content FROM read_text('F/rows.csv')"],
      ['read_blob', "SELECT content FROM read_blob('F/rows.csv')"],
      ['read_parquet', "SELECT * FROM read_parquet('F/rows.parquet')"],
      ['read_json', "SELECT * FROM read_json('F/rows.json')"],
      ['a file by its name alone', "SELECT * FROM 'F/rows.csv'"],
      ['glob', "SELECT * FROM glob('F/*')"],
      ['sniff_csv', "SELECT * FROM sniff_csv('F/rows.csv')"],
      ['parquet_metadata', "SELECT * FROM parquet_metadata('F/rows.parquet')"],
      ['a network', "SELECT * FROM read_csv('https://charts.example/rows.csv')"],
      ['a bucket', "SELECT * FROM read_parquet('s3://charts/rows.parquet')"],
      ['COPY out', "COPY (SELECT 1) TO 'F/out.csv'"],
      ['COPY out as Parquet', "COPY (SELECT 1) TO 'F/out.parquet' (FORMAT parquet)"],
      ['COPY to a device', "COPY (SELECT 1) TO '/dev/null' (FORMAT csv, USE_TMP_FILE false)"],
      ['COPY in', "CREATE TEMP TABLE got (a INTEGER); COPY got FROM 'F/rows.csv'"],
      ['EXPORT DATABASE', "EXPORT DATABASE 'F/exported'"],
      ['IMPORT DATABASE', "IMPORT DATABASE 'F'"],
      ['ATTACH', "ATTACH 'F/other.duckdb' AS other"],
      ['ATTACH of SQLite', "ATTACH 'F/other.sqlite' AS other (TYPE sqlite)"],
      ['ATTACH of a network', "ATTACH 'https://charts.example/x.duckdb' AS other (READ_ONLY)"],
      ['INSTALL', 'INSTALL httpfs'],
      ['INSTALL from elsewhere', "INSTALL httpfs FROM 'https://charts.example'"],
      ['INSTALL of the community', 'FORCE INSTALL shellfs FROM community'],
      ['LOAD', 'LOAD httpfs'],
      ['LOAD of a file', "LOAD 'F/x.duckdb_extension'"],
      ['UPDATE EXTENSIONS', 'UPDATE EXTENSIONS'],
      ['CREATE SECRET', "CREATE PERSISTENT SECRET x (TYPE s3, KEY_ID 'a', SECRET 'b')"],
    ] as const
  ).map(([what, sql]) => ({
    what,
    sql: (folder: string) => sql.replaceAll('F/', `${folder}/`).replace("'F'", `'${folder}'`),
  })),
  ...[
    'enable_external_access = true',
    'lock_configuration = false',
    'allow_unsigned_extensions = true',
    'allow_community_extensions = true',
    'autoload_known_extensions = true',
    'autoinstall_known_extensions = true',
    "custom_extension_repository = 'https://charts.example'",
    "allowed_directories = ['/']",
    "allowed_paths = ['/etc/passwd']",
    "extension_directory = '/tmp'",
    "secret_directory = '/tmp'",
    "temp_directory = '/tmp'",
    "home_directory = '/'",
    "log_query_path = '/dev/null'",
    "profiling_output = '/dev/null'",
    "http_proxy = 'evil.example'",
    "memory_limit = '800GB'",
    "max_temp_directory_size = '800GB'",
    'threads = 64',
    'access_mode = read_write',
  ].flatMap((setting) => [
    { what: `SET ${setting}`, sql: () => `SET ${setting}` },
    { what: `SET GLOBAL ${setting}`, sql: () => `SET GLOBAL ${setting}` },
  ]),
  { what: 'RESET', sql: () => 'RESET enable_external_access' },
  { what: 'PRAGMA', sql: () => "PRAGMA memory_limit = '800GB'" },
];
