# The library, the command, its manual and completion, and the files that users begin from.
install(TARGETS mspike mspike_static mspike_shared
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(DIRECTORY protocols examples evidence DESTINATION ${CMAKE_INSTALL_DATADIR}/mspike
  PATTERN out EXCLUDE)

# Found from where the file itself lies, so that an installed tree can be moved.
file(RELATIVE_PATH msp_pc_to_prefix /root/${CMAKE_INSTALL_LIBDIR}/pkgconfig /root)
configure_file(cmake/mspike.pc.in mspike.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/mspike.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The date printed on the manual pages: of the source (SOURCE_DATE_EPOCH) or of this version, never
# of the build, so that a build can be repeated to the byte.
set(msp_date "${MSP_VERSION_DATE}")
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  string(TIMESTAMP msp_date "%B %d, %Y" UTC)
  string(REGEX REPLACE " 0" " " msp_date "${msp_date}")
endif()
set(msp_manuals ${CMAKE_BINARY_DIR}/manuals)
add_custom_command(OUTPUT ${msp_manuals}/mspike.1
  COMMAND ${CMAKE_SOURCE_DIR}/tools/make-manuals $<TARGET_FILE:mspike> ${msp_manuals} "${msp_date}"
  DEPENDS mspike ${CMAKE_SOURCE_DIR}/tools/make-manuals VERBATIM)
add_custom_target(manuals ALL DEPENDS ${msp_manuals}/mspike.1)
install(DIRECTORY ${msp_manuals}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
  FILES_MATCHING PATTERN *.1)
install(FILES ${msp_manuals}/mspike.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME mspike)
install(FILES COPYING DESTINATION ${CMAKE_INSTALL_DOCDIR})
