/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_HTTP_PROTOCOL, which gnu-efi does not have (UEFI specification 2.10, chapter 29.6). */
#ifndef PLUGINS_EFI_HTTP_PROTOCOL_H
#define PLUGINS_EFI_HTTP_PROTOCOL_H

#include "efi/firmware.h"

#define HTTP_SERVICE_BINDING_GUID                                                                  \
    {                                                                                              \
        0xbdc8e6af, 0xd9bc, 0x4379,                                                                \
        {                                                                                          \
            0xa7, 0x2a, 0xe0, 0xc4, 0xe7, 0x5d, 0xae, 0x1c                                         \
        }                                                                                          \
    }
#define HTTP_PROTOCOL_GUID                                                                         \
    {                                                                                              \
        0x7a59b29b, 0x910b, 0x4171,                                                                \
        {                                                                                          \
            0x82, 0x42, 0xa8, 0x5a, 0x0d, 0xf2, 0x5b, 0x5b                                         \
        }                                                                                          \
    }

enum http_version { HTTP_VERSION_10, HTTP_VERSION_11 };
enum http_method { HTTP_METHOD_GET };

/** Status codes, as the protocol numbers them: without gaps, but for these. */
enum {
    HTTP_OK = 3,
    HTTP_PARTIAL_CONTENT = 9,
    HTTP_MULTIPLE_CHOICES = 10,
    HTTP_FOUND = 12,
    HTTP_USE_PROXY = 15,
    HTTP_TEMPORARY_REDIRECT = 16,
    HTTP_BAD_REQUEST = 17,
    HTTP_NOT_FOUND = 21,
    HTTP_GONE = 27,
    HTTP_RANGE_NOT_SATISFIABLE = 33,
    HTTP_EXPECTATION_FAILED = 34,
    HTTP_INTERNAL_SERVER_ERROR = 35,
    HTTP_VERSION_NOT_SUPPORTED = 40,
    HTTP_PERMANENT_REDIRECT = 41,
};

/** A token's status where the server's answer is an error. */
#define HTTP_ERROR EFIERR(35)

struct http_access_point {
    BOOLEAN use_default_address;
    uint8_t local_address[4], local_subnet[4];
    UINT16 local_port;
};

struct http_access_point_ipv6 {
    uint8_t local_address[16]; /* all zero: one that the firmware has */
    UINT16 local_port;
};

struct http_configuration {
    UINT32 version; /* enum http_version */
    UINT32 timeout_ms;
    BOOLEAN is_ipv6;
    union {
        struct http_access_point *ipv4;
        struct http_access_point_ipv6 *ipv6;
    } access_point;
};

struct http_request {
    UINT32 method; /* enum http_method */
    CHAR16 *url;
};

struct http_response {
    UINT32 status;
};

struct http_header {
    char *name, *value;
};

struct http_message {
    union {
        struct http_request *request;
        struct http_response *response;
    } data;
    UINTN header_count;
    struct http_header *headers;
    UINTN body_length;
    void *body;
};

struct http_token {
    EFI_EVENT event;
    EFI_STATUS status;
    struct http_message *message;
};

struct http_protocol {
    EFI_STATUS(EFIAPI *get_mode_data)(struct http_protocol *, struct http_configuration *);
    EFI_STATUS(EFIAPI *configure)(struct http_protocol *, struct http_configuration *);
    EFI_STATUS(EFIAPI *request)(struct http_protocol *, struct http_token *);
    EFI_STATUS(EFIAPI *cancel)(struct http_protocol *, struct http_token *);
    EFI_STATUS(EFIAPI *response)(struct http_protocol *, struct http_token *);
    EFI_STATUS(EFIAPI *poll)(struct http_protocol *);
};

#endif
