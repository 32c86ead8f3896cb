// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;

/**
 * A mapped file seen as 64-bit words, shared with all processes that map it. A word is never torn.
 */
interface Words {

    /** Returns how many words are mapped. */
    int count();

    /** Reads a word; later reads of other words see what was written before it. */
    long get(int index);

    /** Writes a word, without order. */
    void set(int index, long value);

    /** Writes a word behind all that this thread wrote before. */
    void publish(int index, long value);

    /** Writes a word if it has the expected value, and says whether it had. */
    boolean compareAndSet(int index, long expected, long value);

    /** Forces the words to the device. */
    void force() throws IOException;
}
