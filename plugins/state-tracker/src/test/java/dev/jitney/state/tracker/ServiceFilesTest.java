// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.tck.ServiceFilesContract;

/** The provider can be found. */
class ServiceFilesTest extends ServiceFilesContract {

    @Override
    protected Class<?> anchor() {
        return StateTrackerProvider.class;
    }
}
