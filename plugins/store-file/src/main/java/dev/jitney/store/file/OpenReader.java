// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

/** What a store has opened, and closes with itself. */
interface OpenReader {

    /**
     * Its store is closed, and closes this next: from now on it throws {@code
     * StoreClosedException}, since what is left to read must not look like the end. May be called
     * by any thread.
     */
    void overtaken();
}
