# SPDX-License-Identifier: Apache-2.0
# Gcrypt::Gcrypt: libgcrypt with libgpg-error, by pkg-config's names but without pkg-config, which when cross-compiling
# finds the building system's. For Windows the static libraries, which need the system's sockets and configuration.
if(WIN32)
  set(Gcrypt_names libgcrypt.a)
  set(Gcrypt_error_names libgpg-error.a)
  set(Gcrypt_system ws2_32 advapi32)
else()
  set(Gcrypt_names gcrypt)
  set(Gcrypt_error_names gpg-error)
endif()
find_path(Gcrypt_INCLUDE_DIR gcrypt.h)
find_library(Gcrypt_LIBRARY NAMES ${Gcrypt_names})
find_library(Gcrypt_ERROR_LIBRARY NAMES ${Gcrypt_error_names})
if(Gcrypt_INCLUDE_DIR)
  file(STRINGS "${Gcrypt_INCLUDE_DIR}/gcrypt.h" Gcrypt_VERSION REGEX "^#define GCRYPT_VERSION \"")
  string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" Gcrypt_VERSION "${Gcrypt_VERSION}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Gcrypt REQUIRED_VARS Gcrypt_LIBRARY Gcrypt_ERROR_LIBRARY Gcrypt_INCLUDE_DIR VERSION_VAR Gcrypt_VERSION)
if(Gcrypt_FOUND AND NOT TARGET Gcrypt::Gcrypt)
  add_library(Gcrypt::Gcrypt UNKNOWN IMPORTED)
  set_target_properties(Gcrypt::Gcrypt PROPERTIES IMPORTED_LOCATION "${Gcrypt_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Gcrypt_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${Gcrypt_ERROR_LIBRARY};${Gcrypt_system}")
endif()
