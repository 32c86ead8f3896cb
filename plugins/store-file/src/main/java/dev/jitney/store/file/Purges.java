// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;

/** DRAFT: replaced by helper index's Purger.recover. */
final class Purges {
    private Purges() {}

    static void recover(Disk disk) throws IOException {}
}
