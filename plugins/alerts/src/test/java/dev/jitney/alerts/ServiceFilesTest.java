// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.tck.ServiceFilesContract;

/** The providers can be found. */
class ServiceFilesTest extends ServiceFilesContract {

    @Override
    protected Class<?> anchor() {
        return FileAlertStoreProvider.class;
    }
}
