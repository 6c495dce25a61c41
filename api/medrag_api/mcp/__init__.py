"""The Model Context Protocol door: five tools that read, over streamable HTTP and over pipes."""
