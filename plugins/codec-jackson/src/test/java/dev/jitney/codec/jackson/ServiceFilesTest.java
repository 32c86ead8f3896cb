// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import dev.jitney.tck.ServiceFilesContract;

class ServiceFilesTest extends ServiceFilesContract {

    @Override
    protected Class<?> anchor() {
        return JacksonCodecProvider.class;
    }
}
