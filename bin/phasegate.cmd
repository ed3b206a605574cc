@rem The command line as terminals of the editor find it, on Windows.
@setlocal
@set ELECTRON_RUN_AS_NODE=1
@if not defined PHASEGATE_NODE set PHASEGATE_NODE=node
@"%PHASEGATE_NODE%" "%~dp0phasegate.cjs" %*
