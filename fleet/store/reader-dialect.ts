/** Kysely over a connection of this thread that only reads; what the disk does comes out as `storage-failed`. */
import SqliteDatabase from 'better-sqlite3';
import { type CompiledQuery, type Dialect, type Driver, SqliteDialect } from 'kysely';
import { foldedText } from './find-text.ts';
import { asStorageError } from './storage-failure.ts';

/** @throws OperationalError `storage-failed` */
export function readerDialect(path: string): Dialect {
  const dialect = new SqliteDialect({ database: openReadOnly(path) });
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => translating(dialect.createDriver()),
  };
}

function openReadOnly(path: string): SqliteDatabase.Database {
  try {
    const database = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
    return database.function('folded', { deterministic: true }, foldedText);
  } catch (error) {
    throw asStorageError(error);
  }
}

function translating(driver: Driver): Driver {
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async () => {
    const connection = await acquire();
    return {
      executeQuery: <R>(query: CompiledQuery) =>
        connection.executeQuery<R>(query).catch((error: unknown) => {
          throw asStorageError(error);
        }),
      streamQuery: <R>(query: CompiledQuery, chunkSize: number) => connection.streamQuery<R>(query, chunkSize),
    };
  };
  return driver;
}
