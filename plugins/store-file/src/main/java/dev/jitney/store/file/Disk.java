// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The few things that the store asks of a file system, so that a test can stand in for one that
 * loses power, tears writes, fails a force or runs full. Names are relative to the bus directory,
 * with {@code /} between folders.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
interface Disk {

    /**
     * Returns the names of the files in a folder, without the folder, in no order; empty if absent.
     */
    List<String> list(String folder) throws IOException;

    boolean exists(String name);

    /** Returns which file a name stands for now, for those that can tell. */
    default FileIdentity identity(String name) throws IOException {
        return new FileIdentity(Path.of(name), null);
    }

    /**
     * Returns when a file was last written, in ms since 1970 by the clock of the system, or {@link
     * Long#MAX_VALUE} where that is not known.
     */
    default long writtenMillis(String name) throws IOException {
        return Long.MAX_VALUE;
    }

    /** Opens a file that exists. */
    StoreFile open(String name, boolean writable) throws IOException;

    /** Makes an empty file, in place of one that may be there, readable by its owner only. */
    StoreFile create(String name) throws IOException;

    /** Renames a file, in place of one that may be there, in one step. */
    void rename(String from, String to) throws IOException;

    /** Removes a file if it is there. */
    void delete(String name) throws IOException;

    /** Forces a folder's entries, so that files made, renamed or removed in it stay so. */
    void forceFolder(String folder) throws IOException;

    /** Maps the first {@code bytes} of a file, a multiple of 8, which it must already have. */
    Words map(String name, long bytes, boolean writable) throws IOException;

    /** Maps what a file has now, down to a whole number of units; a unit is a multiple of 8. */
    Words mapAll(String name, int unit, boolean writable) throws IOException;
}
